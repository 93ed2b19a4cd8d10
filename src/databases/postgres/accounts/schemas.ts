import { SluiceError } from "../../../errors.ts";
import type { Session } from "../session.ts";
import { literal } from "../sql.ts";
import type { Role } from "./membership.ts";
import { splitIdentifiers } from "./search-path.ts";
import { OWN_SCHEMA } from "./sql-parts.ts";

export interface Schema {
  oid: string;
  name: string;
  /** As SQL writes it. */
  sql: string;
}

/**
 * The schemas that the application works in: those that were named, else those of the account's search_path. Not
 * current_schemas(), which leaves out the very ones that the account may not use.
 * @param itself the session is the account's own, so its search_path is the one in force.
 * @throws SluiceError SL2072 for a named schema that does not exist.
 */
export async function findSchemas(
  session: Session,
  account: Role,
  itself: boolean,
  named: readonly string[],
  notes: string[],
): Promise<Schema[]> {
  const names =
    named.length > 0
      ? named
      : splitIdentifiers(await searchPath(session, account, itself)).map((name) =>
          name === "$user" ? account.name : name,
        );
  const [rows] = await session.query(
    `select n.oid, n.nspname, quote_ident(n.nspname) from unnest(${literal(names)}) with ordinality w(name, place)
       join pg_catalog.pg_namespace n on n.nspname = w.name and ${OWN_SCHEMA}
      group by 1, 2, 3 order by min(w.place)`,
  );
  const found = (rows ?? []).map(([oid, name, sql]) => ({
    oid: oid ?? "",
    name: name ?? "",
    sql: sql ?? "",
  }));
  if (named.length > 0) {
    const missing = named.find((name) => !found.some((schema) => schema.name === name));
    if (missing !== undefined) throw new SluiceError("SL2072", { params: { schema: missing } });
    return found;
  }
  const list = found.map(({ name }) => name).join(", ") || "none";
  notes.push(
    itself
      ? `schemas by the search_path of this connection: ${list}; others with --schema`
      : `schemas by the settings of ${account.name}: ${list}; a search_path in its URL or its code is not known here: --schema`,
  );
  return found;
}

/** What the server would set for the account: its role's settings for this database before the general ones. */
async function searchPath(session: Session, account: Role, itself: boolean): Promise<string> {
  if (itself) return (await session.query("show search_path"))[0]?.[0]?.[0] ?? "";
  const [rows] = await session.query(
    `select coalesce(
       (select substr(v, 13) from pg_catalog.pg_db_role_setting s cross join lateral unnest(s.setconfig) v
         where v like 'search_path=%' and s.setrole in (0, ${account.oid})
           and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
         order by s.setrole = 0, s.setdatabase = 0 limit 1),
       (select case when source in ('default', 'configuration file', 'command line', 'environment variable')
          then setting else boot_val end from pg_catalog.pg_settings where name = 'search_path'))`,
  );
  return rows?.[0]?.[0] ?? "";
}
