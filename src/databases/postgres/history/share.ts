import type { HistoryPlace } from "../../database.ts";
import type { Session } from "../session.ts";
import { identifier, literal } from "../sql.ts";
import { READABLE } from "./columns.ts";

/**
 * Takes away what default privileges gave on the new history. They are made for the application's tables: with them
 * the application could write what its gates open on. Who may read tables may read the history, as a reader does.
 */
export async function withdraw(session: Session, place: HistoryPlace): Promise<void> {
  const table = identifier(place.schema, place.table);
  const [rows] = await session.query(
    `select case x.grantee when 0 then 'public' else quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
            bool_or(x.privilege_type = 'SELECT')
       from pg_catalog.pg_class c cross join lateral pg_catalog.aclexplode(c.relacl) x
      where c.oid = ${literal(table)}::regclass and x.grantee <> c.relowner group by 1`,
  );
  for (const [grantee, reads] of rows ?? []) {
    await session.query(`revoke all on table ${table} from ${grantee}`);
    if (reads === "t") await session.query(`grant select (${columns()}) on table ${table} to ${grantee}`);
  }
}

/** Who was granted the columns of an older table is granted the new ones too: newer gates read them. */
export async function extend(session: Session, place: HistoryPlace): Promise<void> {
  const table = identifier(place.schema, place.table);
  const [rows] = await session.query(
    `select distinct case x.grantee when 0 then 'public' else quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end
       from pg_catalog.pg_attribute a cross join lateral pg_catalog.aclexplode(a.attacl) x
      where a.attrelid = ${literal(table)}::regclass and a.attname = 'id' and x.privilege_type = 'SELECT'`,
  );
  for (const [grantee] of rows ?? [])
    await session.query(`grant select (${columns()}) on table ${table} to ${grantee}`);
}

function columns(): string {
  return READABLE.map((column) => identifier(column)).join(", ");
}
