import { createHash } from "node:crypto";
import { SluiceError } from "../../../errors.ts";
import { formatDuration } from "../../../text/duration.ts";
import type { HistoryPlace } from "../../database.ts";
import { asRole, sessionAs } from "../role.ts";
import type { Session } from "../session.ts";
import { identifier, literal } from "../sql.ts";
import { hasState, SQLSTATE } from "../sqlstate.ts";
import { COLUMNS } from "./columns.ts";
import { extend, withdraw } from "./share.ts";

/**
 * Makes the history table, or adds the columns that a newer Sluice knows. The runner lock is held by the caller, but
 * it belongs to one table: two histories in one new schema would still collide in CREATE SCHEMA IF NOT EXISTS (23505),
 * so the making itself is serialised per schema by a transaction-level advisory lock, polled.
 * @param lockTimeout milliseconds that an upgrade may wait for readers of the table.
 * @param role that is to own it, where the session does not act as that role already.
 * @throws SluiceError SL3052 where the account may not create it, SL3058 where it may only read it,
 * SL4030 where a session keeps an older table locked for longer than that.
 */
export async function ensureHistory(
  session: Session,
  place: HistoryPlace,
  lockTimeout: number,
  role: string | undefined,
): Promise<void> {
  const work = await missing(sessionAs(session, role), place);
  if (work.length === 0) return;
  const key = createHash("sha256").update(`sluice:create:${place.schema}`).digest().readBigInt64BE(0);
  for (;;) {
    await session.query("begin");
    try {
      const results = await session.query(
        `${asRole(role)}set local lock_timeout = ${lockTimeout}; select pg_try_advisory_xact_lock(${key})`,
      );
      if (results.at(-1)?.[0]?.[0] === "t") {
        const statements = await missing(session, place);
        for (const sql of statements) await session.query(sql);
        if (statements.some((sql) => sql.startsWith("create table"))) await withdraw(session, place);
        else if (statements.length > 0) await extend(session, place);
        await session.query("commit");
        return;
      }
      await session.query("rollback");
    } catch (error) {
      await session.query("rollback").catch(() => undefined);
      throw explain(error, place, lockTimeout);
    }
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80));
  }
}

/** Statements that bring the table to this version; empty when it is there already. */
async function missing(session: Session, place: HistoryPlace): Promise<string[]> {
  const [rows] = await session.query(
    `select n.oid is not null, c.oid is not null, a.attname,
            has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update')
              and has_table_privilege(c.oid, 'delete')
       from (select 1) one
       left join pg_catalog.pg_namespace n on n.nspname = ${literal(place.schema)}
       left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = ${literal(place.table)}
       left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`,
  );
  const table = identifier(place.schema, place.table);
  const [hasSchema, hasTable, , writable] = rows?.[0] ?? [];
  if (hasTable === "t") {
    if (writable !== "t") throw new SluiceError("SL3058", { params: { ...place } });
    const present = new Set(rows?.map((row) => row[2]));
    return COLUMNS.filter((column) => !present.has(column.name)).map(
      (column) => `alter table ${table} add column ${identifier(column.name)} ${column.type}`,
    );
  }
  const columns = COLUMNS.map(
    (column) => `${identifier(column.name)} ${column.type} ${column.constraint ?? ""}`,
  );
  return [
    ...(hasSchema === "t" ? [] : [`create schema ${identifier(place.schema)}`]),
    `create table ${table} (${columns.join(", ")}, primary key (kind, id))`,
    `comment on table ${table} is 'What Sluice applied to this database. Read-only for everybody but Sluice.'`,
  ];
}

function explain(error: unknown, place: HistoryPlace, lockTimeout: number): unknown {
  if (hasState(error, SQLSTATE.lockNotAvailable)) {
    const reason = `${place.schema}.${place.table} needs a new column, and another session keeps it locked`;
    return new SluiceError("SL4030", {
      params: { reason, budget: formatDuration(lockTimeout) },
      cause: error,
    });
  }
  if (!hasState(error, SQLSTATE.noPrivilege)) return error;
  return new SluiceError("SL3052", {
    params: { schema: place.schema, table: place.table },
    notes: [(error as Error).message],
    cause: error,
  });
}
