import type { Session } from "./session.ts";
import { literal } from "./sql.ts";

/** A session in whose way a statement stands still. */
export interface Blocker {
  pid: number;
  application: string;
  state: string;
  query: string;
  /** Age of its transaction, in milliseconds; undefined where this account may not see it. */
  transactionAge: number | undefined;
}

export interface Watch {
  /** Ends the watch. @returns milliseconds that the statement was seen waiting for locks. */
  stop(): Promise<number>;
}

/** A second session that only looks at the executing one, and cancels it. It is opened when it is first needed. */
export interface Observer {
  /** Watches the statement that is about to be sent; cancels it once it has waited `limit` ms for locks (0: never). */
  watch(limit: number): Watch;
  cancel(): Promise<void>;
  /** Those that were in the way when it was last seen waiting. */
  blockers(): readonly Blocker[];
  /** Whether the last watched statement was cancelled for its lock waits. */
  cancelled(): boolean;
  close(): Promise<void>;
}

/** Most statements are over before this; only a longer one is worth a second connection. Milliseconds. */
const QUIET = 100;
const INTERVAL = 50;

/**
 * @param backendPid process of the executing session, as pg_backend_pid() there says.
 * @param open opens the second session.
 */
export function createObserver(backendPid: number, open: () => Promise<Session>): Observer {
  let opening: Promise<Session> | undefined;
  let blocking: Blocker[] = [];
  let cancelledForLocks = false;
  const session = () => {
    opening ??= open();
    return opening;
  };

  async function waiting(): Promise<boolean> {
    const [rows] = await (await session()).query(
      `select b.pid, b.application_name, b.state, b.query, extract(epoch from clock_timestamp() - b.xact_start) * 1000
         from pg_catalog.pg_stat_activity a
         left join lateral unnest(pg_catalog.pg_blocking_pids(a.pid)) p on true
         left join pg_catalog.pg_stat_activity b on b.pid = p
        where a.pid = ${backendPid} and a.wait_event_type = 'Lock'`,
    );
    if (rows === undefined || rows.length === 0) return false;
    const seen = rows.filter((row) => row[0] !== null);
    if (seen.length > 0) blocking = seen.map(parseBlocker);
    return true;
  }

  async function cancel(): Promise<void> {
    await (await session()).query(`select pg_cancel_backend(${backendPid})`);
  }

  return {
    watch(limit) {
      const began = performance.now();
      let stopped = false;
      let waited = 0;
      let seenAt = began;
      blocking = [];
      cancelledForLocks = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let pending: Promise<void> = Promise.resolve();
      const look = async () => {
        const isWaiting = await waiting();
        const now = performance.now();
        if (isWaiting) waited += now - seenAt;
        seenAt = now;
        if (stopped) return;
        if (isWaiting && limit > 0 && waited >= limit) {
          cancelledForLocks = true;
          await cancel();
          return;
        }
        timer = setTimeout(run, INTERVAL);
      };
      const run = () => {
        // The server's own lock_timeout still bounds each wait when the second connection cannot be had.
        pending = look().catch(() => undefined);
      };
      timer = setTimeout(run, QUIET);
      return {
        async stop() {
          stopped = true;
          clearTimeout(timer);
          // A cancel on its way must not hit the next statement.
          await pending;
          return waited;
        },
      };
    },
    cancel,
    blockers: () => blocking,
    cancelled: () => cancelledForLocks,
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

function parseBlocker(row: (string | null)[]): Blocker {
  return {
    pid: Number(row[0]),
    application: row[1] || "unnamed session",
    state: row[2] ?? "unknown",
    query: row[3] ?? "",
    transactionAge: row[4] === null || row[4] === undefined ? undefined : Number(row[4]),
  };
}

/** Progress of an index build in another session, for messages while a CONCURRENTLY statement waits. */
export async function indexProgress(session: Session, backendPid: number): Promise<string | undefined> {
  const [rows] = await session.query(
    `select phase, blocks_done, blocks_total, lockers_done, lockers_total
       from pg_catalog.pg_stat_progress_create_index where pid = ${literal(backendPid)}`,
  );
  const row = rows?.[0];
  if (row === undefined) return undefined;
  const [phase, done, total, lockersDone, lockers] = row;
  if (Number(lockers) > 0) return `${phase} (${lockersDone} of ${lockers} sessions)`;
  return Number(total) > 0
    ? `${phase} (${Math.floor((Number(done) / Number(total)) * 100)} %)`
    : (phase ?? undefined);
}
