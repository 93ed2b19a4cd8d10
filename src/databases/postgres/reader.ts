import { setTimeout as sleep } from "node:timers/promises";
import { type History, type HistoryPlace, type HistoryReader, Migrating } from "../database.ts";
import { parseHistory, selectHistory, translateReadError } from "./history/read.ts";
import { CHANNEL } from "./history/write.ts";
import { type Session, withinTime } from "./session.ts";
import { hasState, isConnectionLost, SQLSTATE } from "./sqlstate.ts";

/**
 * A gate's view of the history: one simple string a read, which also works through a transaction pooler. Between two
 * reads no connection is held, except a direct one that listens, and that only while the server has slots to spare:
 * hundreds of gates must not take the connections that the application needs.
 */
export function historyReader(open: () => Promise<Session>, place: HistoryPlace): HistoryReader {
  let session: Session | undefined;
  let mayListen = true;
  let wake: (() => void) | undefined;
  // Something changed since the last read began. The server delivers a notification in the middle of a read too,
  // before its answer is complete; that read may not have seen the change yet.
  let changed = false;
  const onChange = () => {
    changed = true;
    wake?.();
  };

  async function connect(): Promise<Session> {
    const fresh = await open();
    fresh.onLost(() => {
      if (session === fresh) session = undefined;
      onChange();
    });
    fresh.onNotification((payload) => {
      if (payload === `${place.schema}.${place.table}`) onChange();
    });
    return fresh;
  }

  return {
    async read() {
      changed = false;
      const using =
        session ??
        (await connect().catch((error) => {
          if (hasState(error?.cause, SQLSTATE.tooManyConnections)) mayListen = false;
          throw error;
        }));
      const keep = session !== undefined;
      try {
        const history = await readOnce(using, place);
        if (!keep && mayListen && (await listen(using))) {
          session = using;
          changed = true; // a commit between the read and the LISTEN would go unheard: read once more
        }
        return history;
      } finally {
        if (session !== using) await using.close();
      }
    },
    async pause(longest, signal) {
      // Not at once: a server that ends every session must not be asked in a loop.
      const milliseconds = changed ? Math.min(longest, 50) : longest;
      await new Promise<void>((resolve) => {
        const timer = new AbortController();
        const done = () => {
          wake = undefined;
          timer.abort();
          resolve();
        };
        wake = done;
        sleep(milliseconds, undefined, { signal: AbortSignal.any([signal, timer.signal]) }).then(done, done);
      });
    },
    async close() {
      const open = session;
      session = undefined;
      await open?.close();
    },
  };
}

/**
 * A server whose machine vanished says nothing, and the system would wait for it for minutes. Longer than the read's
 * own statement_timeout. Milliseconds.
 */
const READ_DEADLINE = 35_000;

async function readOnce(session: Session, place: HistoryPlace): Promise<History> {
  try {
    const results = await withinTime(
      session,
      `begin; set local lock_timeout = '500ms'; set local statement_timeout = '30s'; ${selectHistory(place)}; commit`,
      READ_DEADLINE,
    );
    return parseHistory(results[3] ?? [], place);
  } catch (error) {
    if (!isConnectionLost(error)) await session.query("rollback").catch(() => undefined);
    if (hasState(error, SQLSTATE.lockNotAvailable)) throw new Migrating("the history is locked");
    return translateReadError(error, place);
  }
}

/**
 * Listens where it can work: the backend is the one that the connection was made to (no transaction pooler), the
 * server is no standby (LISTEN is refused there), and less than half of its connections are in use.
 */
async function listen(session: Session): Promise<boolean> {
  const [rows] = await session.query(
    `select pg_backend_pid(), pg_is_in_recovery(), (select sum(numbackends) from pg_catalog.pg_stat_database) * 2
       < current_setting('max_connections')::int`,
  );
  const [pid, standby, roomy] = rows?.[0] ?? [];
  if (Number(pid) !== session.pid || standby === "t" || roomy !== "t") return false;
  await session.query(`listen ${CHANNEL}`);
  return true;
}
