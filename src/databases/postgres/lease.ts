import { randomUUID } from "node:crypto";
import type { HistoryPlace, Runner } from "../database.ts";
import type { Guard } from "./guard.ts";
import { ensureHistory } from "./history/create.ts";
import { OVERTAKEN } from "./history/write.ts";
import { lockHolder, lockKey } from "./lock.ts";
import { asRole, queryAs } from "./role.ts";
import type { Session } from "./session.ts";
import { identifier, literal } from "./sql.ts";
import { hasState, SQLSTATE } from "./sqlstate.ts";

/** What the fence says when the lease is gone; it is the text of the server's error. */
const LOST = "sluice: the lease was taken over";

/** Whether a statement failed because the lock is lost: the fence of a lease, or the count of a half-applied file. */
export function isLeaseLost(error: unknown): boolean {
  const said = error instanceof Error ? error.message : "";
  return hasState(error, SQLSTATE.invalidText) && (said.includes(LOST) || said.includes(OVERTAKEN));
}

/**
 * A lock for connections whose backend changes from transaction to transaction: one row of the history, of kind
 * `lease`, whose id is a token that only this runner knows. Each transaction takes a FOR KEY SHARE lock on that row.
 * A heartbeat changes no key column, so it passes; a take-over changes the id, which is part of the primary key, so
 * it waits for that transaction, and every later one of the old runner finds no row (manual 13.3.2).
 * @param duration milliseconds without a heartbeat after which another runner may take over.
 * @param role that owns the history.
 * @param open opens the session for heartbeats, which must go on while a statement runs.
 */
export function leaseGuard(
  session: Session,
  place: HistoryPlace,
  runner: Runner,
  duration: number,
  role: string | undefined,
  open: () => Promise<Session>,
): Guard {
  const table = identifier(place.schema, place.table);
  const token = randomUUID();
  const mine = `kind = 'lease' and id = ${literal(token)}`;
  const until = `clock_timestamp() + interval '${duration} ms'`;
  let heart: { stop(): Promise<void> } | undefined;

  async function take(): Promise<boolean> {
    // The same key as a session lock: the two ways to lock keep each other out.
    const locked = await session.query(
      `begin; ${asRole(role)}select pg_try_advisory_xact_lock(${lockKey(place)})`,
    );
    if (locked.at(-1)?.[0]?.[0] !== "t") return false;
    const results = await session.query(
      `insert into ${table} (kind, id, name, state) select 'lease', 'free', 'runner lease', 'reverted'
         where not exists (select from ${table} where kind = 'lease');
       update ${table} set id = ${literal(token)}, state = 'running', started_at = clock_timestamp(),
           finished_at = ${until}, backend_pid = pg_backend_pid(), account = session_user,
           host = ${literal(runner.host)}, pod = ${literal(runner.pod)}, job = ${literal(runner.job)}
         where kind = 'lease' and id = (select id from ${table} where kind = 'lease'
           and (state <> 'running' or finished_at < clock_timestamp()) for update skip locked)
         returning id`,
    );
    return results[1]?.length === 1;
  }

  return {
    sticky: false,
    fence: `${asRole(role)}with lease as (select 1 from ${table} where ${mine} for key share)
select case count(*) when 1 then 1 else ('${LOST} ' || count(*))::int end from lease;\n`,
    async tryTake() {
      await ensureHistory(session, place, 5000, role);
      let taken = false;
      try {
        taken = await take();
      } finally {
        await session.query(taken ? "commit" : "rollback");
      }
      if (taken)
        heart = beat(
          open,
          role,
          `update ${table} set finished_at = ${until} where ${mine} returning id`,
          duration / 6,
        );
      return taken;
    },
    async holder() {
      const [rows] = await queryAs(
        session,
        role,
        `select backend_pid, coalesce(pod, host), extract(epoch from started_at) from ${table}
          where kind = 'lease' and state = 'running'`,
      );
      const row = rows?.[0];
      // A runner with a session's lock keeps us away as well.
      if (row === undefined) return lockHolder(session, lockKey(place));
      return {
        pid: Number(row[0]),
        application: `lease of ${row[1]}`,
        address: undefined,
        since: new Date(Number(row[2]) * 1000),
        query: undefined,
        orphan: false,
      };
    },
    async release() {
      await heart?.stop();
      const free = `update ${table} set id = 'free', state = 'reverted' where ${mine}`;
      await queryAs(session, role, free).catch(() => undefined);
    },
  };
}

/** Repeats a statement on a session of its own until it is stopped or finds nothing any more. */
function beat(
  open: () => Promise<Session>,
  role: string | undefined,
  sql: string,
  interval: number,
): { stop(): Promise<void> } {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let session: Session | undefined;
  let running: Promise<void> = Promise.resolve();
  const once = async () => {
    // A pooler without a free backend takes the client and lets its query wait.
    const deadline = setTimeout(() => session?.abandon(), 2 * interval);
    try {
      session ??= await open();
      const [rows] = await queryAs(session, role, sql);
      // Taken over: the fence says so to whatever is sent next.
      if (rows?.length === 0) stopped = true;
    } catch {
      session = undefined;
    } finally {
      clearTimeout(deadline);
    }
    if (!stopped) timer = setTimeout(start, interval);
  };
  const start = () => {
    running = once();
  };
  timer = setTimeout(start, interval);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
      await session?.close();
    },
  };
}
