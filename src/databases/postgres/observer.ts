import { type Blocker, parseBlocker } from "./blocker.ts";
import { progressOf } from "./progress.ts";
import { type Session, withinTime } from "./session.ts";

export interface Watch {
  /** Ends the watch. @returns milliseconds that the statement was seen waiting for locks. */
  stop(): Promise<number>;
}

/** A second session that only looks at the executing one, and cancels it. It is opened when it is first needed. */
export interface Observer {
  /**
   * Watches the statement that is about to be sent; cancels it once it has waited `limit` ms for locks (0: never).
   * @param say is told now and then how far a long one is, and whom it waits for.
   */
  watch(limit: number, say?: (progress: string) => void): Watch;
  cancel(): Promise<void>;
  /** Names another backend to watch, where a pooler gives each transaction its own. */
  target(pid: number): void;
  /** Those that were in the way when it was last seen waiting. */
  blockers(): readonly Blocker[];
  /** Whether the last watched statement was cancelled for its lock waits. */
  cancelled(): boolean;
  close(): Promise<void>;
}

/** Name of the session that watches a backend: a sign that the runner of that backend is alive. */
export function observerName(backendPid: number | ""): string {
  return `sluice observer of ${backendPid}`;
}

/** Most statements are over before this; only a longer one is worth a second connection. Milliseconds. */
const QUIET = 100;
const INTERVAL = 50;
const ANSWER_WITHIN = 5000;
/** A statement that has lasted this long is looked at less often. */
const SLOW_AFTER = 10_000;
/** When a long statement is first reported, and after that. */
const SAY_FIRST = 2000;
const SAY_AGAIN = 15_000;

/**
 * @param backendPid process of the executing session, as pg_backend_pid() there says.
 * @param open opens the second session.
 * @param named whether the second session may be given a name of its own, by which others see that the runner lives.
 */
export function createObserver(backendPid: number, open: () => Promise<Session>, named: boolean): Observer {
  let watched = backendPid;
  let opening: Promise<Session> | undefined;
  let blocking: Blocker[] = [];
  let cancelledForLocks = false;
  const session = () => {
    opening ??= openNamed();
    return opening;
  };

  async function openNamed(): Promise<Session> {
    const fresh = await open();
    const sql = named ? `set application_name = '${observerName(backendPid)}'` : "select 1";
    // A pooler without a free connection takes the client and lets its first query wait.
    await withinTime(fresh, sql, ANSWER_WITHIN);
    return fresh;
  }

  async function waiting(): Promise<boolean> {
    const [rows] = await (await session()).query(
      `select b.pid, b.application_name, b.state, b.query, extract(epoch from clock_timestamp() - b.xact_start) * 1000
         from pg_catalog.pg_stat_activity a
         left join lateral unnest(pg_catalog.pg_blocking_pids(a.pid)) p on true
         left join pg_catalog.pg_stat_activity b on b.pid = p
        where a.pid = ${watched} and a.wait_event_type = 'Lock'`,
    );
    if (rows === undefined || rows.length === 0) return false;
    const seen = rows.filter((row) => row[0] !== null);
    if (seen.length > 0) blocking = seen.map(parseBlocker);
    return true;
  }

  async function cancel(): Promise<void> {
    await (await session()).query(`select pg_cancel_backend(${watched})`);
  }

  return {
    watch(limit, say) {
      const began = performance.now();
      let stopped = false;
      let waited = 0;
      let seenAt = began;
      let sayAt = began + SAY_FIRST;
      blocking = [];
      cancelledForLocks = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let cancelling: Promise<void> | undefined;
      const look = async () => {
        const isWaiting = await waiting();
        const now = performance.now();
        if (isWaiting) waited += now - seenAt;
        seenAt = now;
        if (stopped) return;
        if (isWaiting && limit > 0 && waited >= limit) {
          cancelledForLocks = true;
          cancelling = cancel();
          await cancelling;
          return;
        }
        if (say !== undefined && now > sayAt) {
          sayAt = now + SAY_AGAIN;
          const text = await progressOf(await session(), watched, isWaiting ? blocking : []);
          if (text !== undefined && !stopped) say(text);
        }
        timer = setTimeout(run, now - began > SLOW_AFTER ? 5 * INTERVAL : INTERVAL);
      };
      const run = () => {
        void look().catch(() => {
          // The server's own lock_timeout still bounds each wait while the second connection cannot be had.
          opening = undefined;
          if (!stopped) timer = setTimeout(run, 1000);
        });
      };
      // Early enough to see who is in the way of a statement with a very short limit.
      timer = setTimeout(run, limit > 0 ? Math.min(QUIET, limit / 2) : QUIET);
      return {
        async stop() {
          stopped = true;
          clearTimeout(timer);
          // A cancel on its way must not hit the next statement.
          await cancelling?.catch(() => undefined);
          return waited;
        },
      };
    },
    cancel,
    target(pid) {
      watched = pid;
    },
    blockers: () => blocking,
    cancelled: () => cancelledForLocks,
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}
