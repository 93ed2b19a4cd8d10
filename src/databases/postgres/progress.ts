import { type Blocker, describeBlocker } from "./blocker.ts";
import type { Session } from "./session.ts";

/**
 * How far a long statement in another session is: phase and share of an index build (manual 28.4.4), and who it waits
 * for. Undefined where the server shows nothing of it.
 */
export async function progressOf(
  session: Session,
  backendPid: number,
  blockers: readonly Blocker[],
): Promise<string | undefined> {
  const index = await indexProgress(session, backendPid);
  const waits = blockers.length === 0 ? undefined : `waits for ${blockers.map(describeBlocker).join("; ")}`;
  const parts = [index, waits].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}

async function indexProgress(session: Session, backendPid: number): Promise<string | undefined> {
  const [rows] = await session.query(
    `select phase, blocks_done, blocks_total, lockers_done, lockers_total
       from pg_catalog.pg_stat_progress_create_index where pid = ${backendPid}`,
  );
  const row = rows?.[0];
  if (row === undefined) return undefined;
  const [phase, done, total, lockersDone, lockers] = row;
  if (Number(lockers) > 0) return `${phase} (${lockersDone} of ${lockers} sessions)`;
  if (Number(total) > 0) return `${phase} (${Math.floor((Number(done) / Number(total)) * 100)} %)`;
  return phase ?? undefined;
}
