import type { HistoryPlace } from "../../database.ts";
import { READABLE } from "../history/columns.ts";
import type { Session } from "../session.ts";
import { identifier, literal } from "../sql.ts";
import type { Roles } from "./roles.ts";
import type { Schema } from "./schemas.ts";
import { GRANTS, list, ofExtension, oids } from "./sql-parts.ts";

/** Something that the application uses, and what it lacks for that. */
export interface Need {
  kind: "schema" | "table" | "view" | "sequence" | "history";
  /** As SQL writes it. */
  object: string;
  wanted: string[];
  /** What it lacks today. */
  lacking: string[];
  /** What it will lack once it owns nothing and its memberships are cut. */
  later: string[];
  /** What gives it, once the owner is right. */
  grants: string[];
}

/**
 * History tables of other tools. The application does not write them, and must not. Names that an application might
 * use for a table of its own (`migrations`) are not among them.
 */
const FOREIGN = [
  "__diesel_schema_migrations",
  "__drizzle_migrations",
  "__EFMigrationsHistory",
  "_prisma_migrations",
  "_sqlx_migrations",
  "alembic_version",
  "ar_internal_metadata",
  "atlas_schema_revisions",
  "databasechangelog",
  "databasechangeloglock",
  "django_migrations",
  "flyway_schema_history",
  "goose_db_version",
  "gorp_migrations",
  "knex_migrations",
  "knex_migrations_lock",
  "kysely_migration",
  "kysely_migration_lock",
  "pgmigrations",
  "schema_migrations",
  "schema_version",
  "SequelizeMeta",
];

const TABLE = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/** Reads what the application's schemas hold, and compares. Grants on single columns count: they are deliberate. */
export async function readNeeds(
  session: Session,
  roles: Roles,
  schemas: readonly Schema[],
  place: HistoryPlace,
): Promise<Need[]> {
  const { account } = roles;
  const places = oids(schemas.map(({ oid }) => oid));
  const held = (grants: string, owner: string, who: readonly string[]) =>
    `array_to_string(array(select distinct g.privilege_type from ${grants} g where g.grantee = any (${oids(who)})
       ${who === roles.now ? "" : `and not (g.grantee = ${account.oid} and ${owner} = ${account.oid})`}), ',')`;
  const schemaGrants = "pg_catalog.aclexplode(n.nspacl)";
  const foreign = `c.relname = any (${literal(FOREIGN)})
    or (n.nspname, c.relname) = (${literal(place.schema)}, ${literal(place.table)})`;
  const [schemaRows, tableRows, sequenceRows, historyRows] = await session.query(
    `select 'schema', quote_ident(n.nspname), n.nspowner, ${held(schemaGrants, "n.nspowner", roles.now)},
            ${held(schemaGrants, "n.nspowner", roles.effective)}
       from pg_catalog.pg_namespace n where n.oid = any (${places}) order by 2;
     select case when c.relkind in ('v', 'm') then 'view' else 'table' end, format('%I.%I', n.nspname, c.relname), c.relowner,
            ${held(GRANTS, "c.relowner", roles.now)}, ${held(GRANTS, "c.relowner", roles.effective)}
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.oid = any (${places}) and c.relkind in ('r', 'p', 'f', 'v', 'm') and not c.relispartition
        and not (${foreign}) and not ${ofExtension("pg_class", "c.oid")} order by 2;
     select 'sequence', format('%I.%I', sn.nspname, s.relname), s.relowner,
            ${held("pg_catalog.aclexplode(s.relacl)", "s.relowner", roles.now)},
            ${held("pg_catalog.aclexplode(s.relacl)", "s.relowner", roles.effective)}
       from pg_catalog.pg_class s join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
       left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = s.oid
         and d.refclassid = d.classid and d.deptype in ('a', 'i')
       left join pg_catalog.pg_class c on c.oid = d.refobjid
       left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where sn.oid = any (${places}) and s.relkind = 'S' and d.deptype is distinct from 'i'
        and (${foreign}) is not true and not ${ofExtension("pg_class", "s.oid")} order by 2;
     select 'history', format('%I.%I', n.nspname, c.relname), c.relowner,
            ${historyRight(roles, roles.now)}, ${historyRight(roles, roles.effective)},
            array_to_string(array(select quote_ident(a.attname) from pg_catalog.pg_attribute a where a.attrelid = c.oid
              and a.attname = any (${literal(READABLE)}) order by a.attnum), ', ')
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where (n.nspname, c.relname) = (${literal(place.schema)}, ${literal(place.table)})`,
  );
  const wanted = {
    schema: ["USAGE"],
    table: TABLE,
    view: ["SELECT"],
    sequence: ["USAGE"],
    history: ["SELECT"],
  };
  return [...(schemaRows ?? []), ...(tableRows ?? []), ...(sequenceRows ?? []), ...(historyRows ?? [])].map(
    ([kindText, object, owner, now, later, columns]) => {
      const kind = kindText as Need["kind"];
      const own = account.superuser || roles.now.includes(owner ?? "");
      const lacking = own
        ? []
        : missing(kind, wanted[kind], [...list(now), ...general(kind, roles, roles.now)]);
      const lacksLater = missing(kind, wanted[kind], [
        ...list(later),
        ...general(kind, roles, roles.effective),
      ]);
      return {
        kind,
        object: object ?? "",
        wanted: wanted[kind],
        lacking,
        later: lacksLater,
        grants:
          lacksLater.length === 0
            ? []
            : grantsFor(kind, object ?? "", lacksLater, columns, place, account.sql),
      };
    },
  );
}

function grantsFor(
  kind: Need["kind"],
  object: string,
  privileges: string[],
  columns: string | null | undefined,
  place: HistoryPlace,
  to: string,
): string[] {
  if (kind === "schema") return [`GRANT USAGE ON SCHEMA ${object} TO ${to}`];
  if (kind === "sequence") return [`GRANT USAGE ON SEQUENCE ${object} TO ${to}`];
  if (kind === "history")
    return [
      `GRANT USAGE ON SCHEMA ${identifier(place.schema)} TO ${to}`,
      `GRANT SELECT (${columns}) ON TABLE ${object} TO ${to}`,
    ];
  return [`GRANT ${privileges.join(", ")} ON TABLE ${object} TO ${to}`];
}

function missing(kind: Need["kind"], wanted: readonly string[], held: readonly string[]): string[] {
  // nextval() takes USAGE or UPDATE (manual, Sequence Manipulation Functions).
  const enough = kind === "sequence" && held.includes("UPDATE") ? ["USAGE"] : [];
  return wanted.filter((privilege) => !held.includes(privilege) && !enough.includes(privilege));
}

/** What predefined roles give on everything (14 and later; manual 21.5). */
function general(kind: Need["kind"], roles: Roles, who: readonly string[]): string[] {
  const has = (name: string) => who.some((oid) => roles.all.get(oid)?.name === name);
  const usage = kind === "schema" ? ["USAGE"] : [];
  return [
    ...(has("pg_read_all_data") ? ["SELECT", ...usage] : []),
    ...(has("pg_write_all_data") ? ["INSERT", "UPDATE", "DELETE", ...usage] : []),
  ];
}

/** 'SELECT' where these roles may read the columns of the history that a gate reads, and use its schema. */
function historyRight(roles: Roles, who: readonly string[]): string {
  // What an account holds on its own object goes with the object to the new owner.
  const granted = (owner: string) =>
    `x.grantee = any (${oids(who)}) ${who === roles.now ? "" : `and not (x.grantee = ${owner} and ${owner} = ${roles.account.oid})`}`;
  return `case when ${general("history", roles, who).includes("SELECT")} or (
      (${who === roles.now ? `n.nspowner = any (${oids(who)})` : "false"}
        or exists (select from pg_catalog.aclexplode(n.nspacl) x
          where x.privilege_type = 'USAGE' and ${granted("n.nspowner")}))
      and (exists (select from pg_catalog.aclexplode(c.relacl) x
          where x.privilege_type = 'SELECT' and ${granted("c.relowner")})
        or not exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid
          and a.attname = any (${literal(READABLE)}) and not exists (select from pg_catalog.aclexplode(a.attacl) x
            where x.privilege_type = 'SELECT' and ${granted("c.relowner")})))) then 'SELECT' else '' end`;
}
