import { createHash } from "node:crypto";
import type { HistoryPlace, LockHolder } from "../database.ts";
import type { Session } from "./session.ts";

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
 * Tries once, without waiting in the server: a session that waits inside pg_advisory_lock holds a snapshot, and
 * CREATE INDEX CONCURRENTLY in the lock's holder waits for that snapshot: a deadlock that leaves an invalid index.
 */
export async function tryLock(session: Session, key: string): Promise<boolean> {
  const [rows] = await session.query(`select pg_try_advisory_lock(${key})`);
  return rows?.[0]?.[0] === "t";
}

/** Who holds the lock. A bigint key shows in pg_locks as classid (high half) and objid (low half), objsubid 1. */
export async function lockHolder(session: Session, key: string): Promise<LockHolder | undefined> {
  const bits = BigInt.asUintN(64, BigInt(key));
  const [rows] = await session.query(
    `select a.pid, a.application_name, host(a.client_addr), extract(epoch from a.backend_start), a.query
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
    query: row[4] || undefined,
  };
}
