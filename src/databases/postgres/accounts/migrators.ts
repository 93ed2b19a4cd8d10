import { SluiceError } from "../../../errors.ts";
import type { HistoryPlace } from "../../database.ts";
import type { Session } from "../session.ts";
import { literal } from "../sql.ts";
import type { Roles } from "./roles.ts";
import type { Schema } from "./schemas.ts";
import { ofExtension, oids } from "./sql-parts.ts";

/** A role that owns the schema, or will. */
export interface Owner {
  /** "" where it has still to be made. */
  oid: string;
  name: string;
  sql: string;
}

/**
 * Who makes the application's tables: the named role, else the owners of those that are there and of the history.
 * @returns these, and the one that gets what the account itself owns: the one with most tables, a superuser only where
 * there is no other, and a role that has still to be made where there is none at all.
 * @throws SluiceError SL2071 where the named role does not exist.
 */
export async function readOwners(
  session: Session,
  roles: Roles,
  schemas: readonly Schema[],
  place: HistoryPlace,
  named: string | undefined,
  notes: string[],
): Promise<{ migrators: Owner[]; owner: Owner }> {
  const { account } = roles;
  if (named !== undefined) {
    const [role] = await ask(
      session,
      `select oid, rolname, quote_ident(rolname) from pg_catalog.pg_roles
      where rolname = ${literal(named)}`,
    );
    if (role === undefined)
      throw new SluiceError("SL2071", { params: { role: named, option: "--migrator" } });
    return { migrators: [role], owner: role };
  }
  const owners = await tableOwners(session, account.oid, schemas, place);
  const others = owners.length > 0 ? owners : await schemaOwners(session, account.oid, schemas);
  const [owner] = others;
  const moves = roles.owned.some((one) => one.owner === account.oid) || roles.databaseOwner === account.oid;
  if (owner !== undefined) {
    const names = others.map(({ name }) => name).join(", ");
    const what = owners.length > 0 ? "tables in it" : "it or has default privileges in it";
    notes.push(`the schema is migrated by ${names}, who owns ${what}; another role with --migrator`);
    return { migrators: others, owner };
  }
  const made = await newOwner(session, account.name);
  if (!moves) {
    notes.push(
      "no table says which role migrates the schema: name it with --migrator, so that its next tables are looked at",
    );
    return { migrators: [], owner: made };
  }
  notes.push(
    `no other role owns tables here, so ${made.name} stands for the one that migrates: name yours with --migrator`,
  );
  return { migrators: [made], owner: made };
}

/** The roles with most tables first, superusers last. */
function tableOwners(
  session: Session,
  account: string,
  schemas: readonly Schema[],
  place: HistoryPlace,
): Promise<Owner[]> {
  return ask(
    session,
    `select r.oid, r.rolname, quote_ident(r.rolname)
       from pg_catalog.pg_class c join pg_catalog.pg_roles r on r.oid = c.relowner
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and c.relowner <> ${account} and not ${ofExtension("pg_class", "c.oid")}
        and (n.oid = any (${oids(schemas.map(({ oid }) => oid))})
          or (n.nspname, c.relname) = (${literal(place.schema)}, ${literal(place.table)}))
      group by 1, 2, 3, r.rolsuper order by r.rolsuper, count(*) desc, 2`,
  );
}

/** Where no table tells: who owns the schemas, or has default privileges in them. */
function schemaOwners(session: Session, account: string, schemas: readonly Schema[]): Promise<Owner[]> {
  const places = oids(schemas.map(({ oid }) => oid));
  return ask(
    session,
    `select distinct r.oid, r.rolname, quote_ident(r.rolname) from pg_catalog.pg_roles r
      where r.oid <> ${account} and not r.rolsuper and r.rolname !~ '^pg_' and r.oid in (
        select nspowner from pg_catalog.pg_namespace where oid = any (${places})
        union select defaclrole from pg_catalog.pg_default_acl where defaclnamespace = any (${places}))
      order by 2`,
  );
}

/** A role that stands for the owner where there is none; it may exist, from statements that were run in part. */
async function newOwner(session: Session, account: string): Promise<Owner> {
  // A name is cut off at 63 bytes (NAMEDATALEN).
  const name = Buffer.byteLength(account) > 57 ? "sluice_owner" : `${account}_owner`;
  const [owner] = await ask(
    session,
    `select coalesce(r.oid::text, ''), w.name, quote_ident(w.name) from (select ${literal(name)} as name) w
       left join pg_catalog.pg_roles r on r.rolname = w.name`,
  );
  return owner!;
}

async function ask(session: Session, sql: string): Promise<Owner[]> {
  const [rows] = await session.query(sql);
  return (rows ?? []).map(([oid, name, quoted]) => ({ oid: oid ?? "", name: name ?? "", sql: quoted ?? "" }));
}
