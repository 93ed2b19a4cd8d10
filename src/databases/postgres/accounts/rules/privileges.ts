import { literal } from "../../sql.ts";
import type { Look } from "../look.ts";
import { describeGrants, type Grant, revoke } from "../revoke.ts";
import type { Found, Rule } from "../rule.ts";
import { GRANTS, list, OWN_SCHEMA, oids } from "../sql-parts.ts";

/** Table privileges that reading and writing rows does not need. MAINTAIN came with PostgreSQL 17. */
export const DESTRUCTIVE = ["TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"];

const WRITES = ["INSERT", "UPDATE", "DELETE"];

export const destructivePrivilege: Rule = {
  code: "SA010",
  name: "destructive-privilege",
  title: "The account has more than reading and writing rows on a table",
  what: "The account, a role that it is a member of, or PUBLIC has TRUNCATE, TRIGGER, REFERENCES or (PostgreSQL 17) MAINTAIN on a table. `GRANT ALL` grants them.",
  why: "TRUNCATE empties the table at once, past every DELETE trigger, and locks everybody out. TRIGGER lets the account run code in every statement that others send. REFERENCES and MAINTAIN let it take locks that stop the old version during a roll-out.",
  fix: "Take them away. SELECT, INSERT, UPDATE and DELETE stay.",
  example: "REVOKE TRUNCATE, TRIGGER, REFERENCES ON TABLE public.orders FROM shop_app",
  find: (look) => granted(look, DESTRUCTIVE, "true", "may do more than read and write rows"),
};

export const writesHistory: Rule = {
  code: "SA011",
  name: "writes-history",
  title: "The account may write the history",
  what: "The account, a role that it is a member of, or PUBLIC has INSERT, UPDATE or DELETE on the history table.",
  why: "Gates open and runners skip by what the history says. Who writes it can make a new version start on an old schema, or have a migration applied twice.",
  fix: "Take it away; `sluice migrate --grant` gives a gate what it needs, which is SELECT. Sluice revokes such grants when it creates the table (default privileges may have made them), so they were made since.",
  example: "REVOKE INSERT, UPDATE, DELETE ON TABLE public.sluice_history FROM shop_app",
  find: (look) =>
    granted(
      look,
      WRITES,
      `(n.nspname, c.relname) = (${literal(look.place.schema)}, ${literal(look.place.table)})`,
      "may write the history",
    ),
};

/** Privileges on tables that were granted to others than the owner, by table. */
async function granted(
  look: Look,
  privileges: readonly string[],
  where: string,
  message: string,
): Promise<Found[]> {
  const [rows] = await look.session.query(
    `select format('%I.%I', n.nspname, c.relname),
            case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
            case when g.grantor <> c.relowner then quote_ident(pg_catalog.pg_get_userbyid(g.grantor)) end,
            string_agg(distinct g.privilege_type, ','),
            bool_or(exists (select from ${GRANTS} y where y.grantor = g.grantee and y.privilege_type = g.privilege_type))
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      cross join lateral ${GRANTS} g
      where ${OWN_SCHEMA} and c.relkind in ('r', 'p', 'f') and ${where}
        and g.privilege_type = any (${literal(privileges)}) and g.grantee = any (${oids(look.roles.danger)})
        and g.grantee <> c.relowner
      group by 1, 2, 3 order by 1, 2, 3`,
  );
  const tables = new Map<string, Grant[]>();
  for (const [table, grantee, grantor, held, grantedOn] of rows ?? []) {
    const grants = tables.get(table ?? "") ?? [];
    const sorted = privileges.filter((one) => list(held).includes(one));
    grants.push({
      grantee: grantee ?? "",
      grantor: grantor ?? undefined,
      privileges: sorted,
      grantedOn: grantedOn === "t",
    });
    tables.set(table ?? "", grants);
  }
  return [...tables].map(([table, grants]) => ({
    object: `table ${table}`,
    message: `${look.roles.account.name} ${message}: ${describeGrants(grants)}`,
    fixes: grants.map((grant) => revoke(`TABLE ${table}`, grant)),
  }));
}
