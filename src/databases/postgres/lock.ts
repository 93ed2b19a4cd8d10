import { createHash } from "node:crypto";
import type { HistoryPlace, LockHolder } from "../database.ts";
import type { Guard } from "./guard.ts";
import { withoutBookkeeping } from "./label.ts";
import { observerName } from "./observer.ts";
import { queryAs } from "./role.ts";
import type { Session } from "./session.ts";
import { identifier } from "./sql.ts";
import { hasState, SQLSTATE } from "./sqlstate.ts";

/**
 * Key of the runner lock: one history, one lock. First 8 bytes, big-endian and signed, of SHA-256 of
 * "sluice:SCHEMA.TABLE", so that other tools and other histories of the same database do not contend.
 * @returns the bigint in decimal, as pg_try_advisory_lock takes it.
 */
export function lockKey(place: HistoryPlace): string {
  const digest = createHash("sha256").update(`sluice:${place.schema}.${place.table}`).digest();
  return digest.readBigInt64BE(0).toString();
}

/**
 * The lock that belongs to the executing session: the server frees it when that session ends, and not before the
 * statement in flight has ended, even when the client is gone.
 */
export function sessionGuard(session: Session, place: HistoryPlace, role: string | undefined): Guard {
  const key = lockKey(place);
  return {
    sticky: true,
    fence: "",
    tryTake: () => tryLock(session, place, key, role),
    holder: () => lockHolder(session, key),
    release: async () => void (await session.query(`select pg_advisory_unlock(${key})`)),
  };
}

/**
 * Tries once, without waiting in the server: a session that waits inside pg_advisory_lock holds a snapshot, and
 * CREATE INDEX CONCURRENTLY in the lock's holder waits for that snapshot: a deadlock that leaves an invalid index.
 * A runner that holds a lease on the same history keeps this one away too.
 */
async function tryLock(
  session: Session,
  place: HistoryPlace,
  key: string,
  role: string | undefined,
): Promise<boolean> {
  const [rows] = await session.query(`select pg_try_advisory_lock(${key})`);
  if (rows?.[0]?.[0] !== "t") return false;
  if (!(await leaseIsHeld(session, place, role))) return true;
  await session.query(`select pg_advisory_unlock(${key})`);
  return false;
}

/** Looks for a lease that has not run out; one that has is voided, so that its runner cannot come back under it. */
async function leaseIsHeld(
  session: Session,
  place: HistoryPlace,
  role: string | undefined,
): Promise<boolean> {
  const table = identifier(place.schema, place.table);
  try {
    const [rows] = await queryAs(
      session,
      role,
      `select finished_at > clock_timestamp() from ${table} where kind = 'lease' and state = 'running'`,
    );
    if (rows?.[0] === undefined) return false;
    if (rows[0][0] === "t") return true;
    await queryAs(session, role, `update ${table} set id = 'free', state = 'reverted' where kind = 'lease'`);
    return false;
  } catch (error) {
    if (hasState(error, SQLSTATE.undefinedTable, SQLSTATE.invalidSchema)) return false;
    throw error;
  }
}

/**
 * Who holds the lock. A bigint key shows in pg_locks as classid (high half) and objid (low half), objsubid 1.
 * It is an orphan when it has been running a statement for a while and the runner's second session, which watches
 * every longer statement, is not there or has stopped looking.
 */
export async function lockHolder(session: Session, key: string): Promise<LockHolder | undefined> {
  const bits = BigInt.asUintN(64, BigInt(key));
  const [rows] = await session.query(
    `select a.pid, a.application_name, host(a.client_addr), extract(epoch from a.backend_start), a.query,
            a.state = 'active' and a.query_start < clock_timestamp() - interval '5 s' and not exists (
              select from pg_catalog.pg_stat_activity o where o.application_name = '${observerName("")}' || a.pid
                and o.state_change > clock_timestamp() - interval '10 s')
       from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
        and l.classid = ${bits >> 32n}::oid and l.objid = ${bits & 0xffffffffn}::oid
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())`,
  );
  const row = rows?.[0];
  if (row === undefined) return undefined;
  return {
    pid: Number(row[0]),
    application: row[1] || "unnamed session",
    address: row[2] ?? undefined,
    since: row[3] ? new Date(Number(row[3]) * 1000) : undefined,
    query: row[4] ? withoutBookkeeping(row[4]) : undefined,
    orphan: row[5] === "t",
  };
}
