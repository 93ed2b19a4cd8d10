import { SluiceError } from "../../../errors.ts";
import type { HistoryPlace } from "../../database.ts";
import { asRole } from "../role.ts";
import type { Session } from "../session.ts";
import { identifier, literal } from "../sql.ts";
import { hasState, SQLSTATE } from "../sqlstate.ts";
import { READABLE } from "./columns.ts";

/**
 * Which of the readers cannot read the history yet. A reader needs USAGE on the schema (without it to_regclass
 * itself answers 42501) and SELECT on the columns, without down script and output.
 * @throws SluiceError SL3055 where a role does not exist.
 */
export async function missingGrants(
  session: Session,
  place: HistoryPlace,
  readers: readonly string[],
): Promise<string[]> {
  if (readers.length === 0) return [];
  const columns = READABLE.map((column) => literal(column)).join(", ");
  const [rows] = await session.query(
    `select r.name, o.oid is not null,
            o.oid is not null and has_schema_privilege(o.oid, n.oid, 'usage')
              and (select count(*) = ${READABLE.length} and bool_and(has_column_privilege(o.oid, c.oid, a.attnum, 'select'))
                     from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname in (${columns}))
       from unnest(${literal(readers)}) r(name)
       left join pg_catalog.pg_roles o on o.rolname = r.name
       left join pg_catalog.pg_namespace n on n.nspname = ${literal(place.schema)}
       left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = ${literal(place.table)}`,
  );
  const unknown = rows?.find((row) => row[1] !== "t");
  if (unknown) throw new SluiceError("SL3055", { params: { role: unknown[0] ?? "" } });
  return (rows ?? []).filter((row) => row[2] !== "t").map((row) => row[0] ?? "");
}

/** Grants what is missing. @throws SluiceError SL3056 where the account may not grant it. */
export async function grantReaders(
  session: Session,
  place: HistoryPlace,
  readers: readonly string[],
  role: string | undefined,
): Promise<void> {
  const roles = await missingGrants(session, place, readers);
  if (roles.length === 0) return;
  const to = roles.map((role) => identifier(role)).join(", ");
  const columns = READABLE.map((column) => identifier(column)).join(", ");
  try {
    await session.query(
      `begin; ${asRole(role)}grant usage on schema ${identifier(place.schema)} to ${to};
grant select (${columns}) on table ${identifier(place.schema, place.table)} to ${to}; commit`,
    );
  } catch (error) {
    await session.query("rollback");
    if (!hasState(error, SQLSTATE.noPrivilege)) throw error;
    throw new SluiceError("SL3056", {
      params: { roles: roles.join(", ") },
      notes: [(error as Error).message],
    });
  }
  // GRANT of a right that the account does not hold itself is only a warning, so look again.
  const still = await missingGrants(session, place, readers);
  if (still.length > 0) throw new SluiceError("SL3056", { params: { roles: still.join(", ") } });
}
