import { hostname } from "node:os";
import type { Client } from "pg";
import { SluiceError } from "../../errors.ts";
import type { Migration } from "../../migrations/migration.ts";
import type {
  ApplyOptions,
  Connection,
  Database,
  HistoryPlace,
  RunMode,
  Runner,
  Script,
} from "../database.ts";
import { analyse } from "./analyse.ts";
import { retrying } from "./apply/attempt.ts";
import { AlreadyTaken, type ApplyContext } from "./apply/context.ts";
import { applyInSteps } from "./apply/steps.ts";
import { applyInTransaction } from "./apply/transaction.ts";
import { connectClient } from "./connection/connect.ts";
import { describeTarget } from "./connection/describe.ts";
import type { Settings } from "./connection/settings.ts";
import { createDatabase } from "./create-database.ts";
import { ensureHistory } from "./history/create.ts";
import { grantReaders, missingGrants } from "./history/grants.ts";
import { historyMatches } from "./history/match.ts";
import { checkWriter, readHistory, readProgress } from "./history/read.ts";
import { finishRun, startRun } from "./history/run.ts";
import { historyWriter, type Record } from "./history/write.ts";
import { labelLine } from "./label.ts";
import { isLeaseLost, leaseGuard } from "./lease.ts";
import { sessionGuard } from "./lock.ts";
import { createObserver, type Observer } from "./observer.ts";
import { checkPooler } from "./pooler.ts";
import { historyReader } from "./reader.ts";
import { roleRefused, sessionAs } from "./role.ts";
import { openSession, type Session, withinTime } from "./session.ts";
import { resetSession, sessionSettings } from "./settings.ts";
import { identifier } from "./sql.ts";
import { hasState, isServerError, SQLSTATE } from "./sqlstate.ts";
import { upkeep } from "./upkeep.ts";

/** Lock timeout of Sluice's own statements on its table, in milliseconds. */
const OWN_LOCK_TIMEOUT = 5000;

/** A sign of life that also keeps the server from ending the session for being idle, where it knows that time-out. */
const STAY = `select set_config(name, '0', false) from pg_catalog.pg_settings
  where name = 'idle_session_timeout' and setting <> '0'`;

/**
 * PostgreSQL 13 to 18 behind the engine's interface.
 * @param runner who writes the history rows.
 */
export function postgresDatabase(
  settings: Settings,
  place: HistoryPlace,
  runner: Runner,
  mode: RunMode,
): Database {
  const open = async (): Promise<Session> => {
    const client: Client = await connectClient(settings, {
      applicationName: `sluice:${runner.pod ?? hostname()}`,
    });
    return openSession(client);
  };
  return {
    target: describeTarget(settings),
    connect: async () => connection(await open(), open, place, runner, mode),
    reader: () => historyReader(open, place),
    ping: () => ping(open),
    create: () => createDatabase(settings),
  };
}

/** A server whose machine vanished says nothing. Milliseconds. */
const PING_DEADLINE = 10_000;

async function ping(open: () => Promise<Session>): Promise<void> {
  const session = await open();
  try {
    await withinTime(session, "select 1", PING_DEADLINE);
  } finally {
    await session.close();
  }
}

function connection(
  session: Session,
  open: () => Promise<Session>,
  place: HistoryPlace,
  runner: Runner,
  mode: RunMode,
): Connection {
  const guard =
    mode.lock === "lease"
      ? leaseGuard(session, place, runner, mode.lease, mode.role, open)
      : sessionGuard(session, place, mode.role);
  // Not always that of the login: ALTER ROLE ... SET role is how many logins own the same objects.
  let role = mode.role;
  const asRunner = () =>
    `set local session authorization default; set local role ${role === undefined ? "none" : identifier(role)}`;
  // As the role that owns the history, before the session itself may be set to it, or where it never is.
  const own = sessionAs(session, mode.role);
  let held = false;
  let checked = false;
  const writer = historyWriter(place, runner);
  let observer: Observer | undefined;
  let version = 0;
  let pid = session.pid;
  const readOnly = (error: unknown): unknown =>
    hasState(error, SQLSTATE.readOnly)
      ? new SluiceError("SL3054", { notes: [(error as Error).message], cause: error })
      : error;
  /** What the server refused outside of the file's own statements: SET ROLE again, a clean-up, a row of the history. */
  const refused = (error: unknown, migration: Migration): unknown => {
    const known = readOnly(error);
    if (!isServerError(known)) return known;
    if (isLeaseLost(known)) return new SluiceError("SL4033", { cause: known });
    const params = { version: migration.version, reason: known.message, sqlstate: known.code };
    return new SluiceError("SL4035", { params, cause: known, migration: migration.version });
  };
  return {
    history: () =>
      readHistory(session, place).catch((error) => {
        // A login without INHERIT has no right of its own; one that has (an application's, too) needs no role to read.
        if (mode.role === undefined || !isUnreadable(error)) throw error;
        return readHistory(own, place);
      }),
    matches: (files) => historyMatches(session, place, files),
    progress: (id) => readProgress(own, place, id),
    async tryLock() {
      if (guard.sticky && !checked) {
        await checkPooler(session, open, mode.sessionPooler);
        checked = true;
      }
      held = await guard.tryTake();
      return held;
    },
    lockHolder: () => guard.holder(),
    endOrphan: async (pid) => void (await session.query(`select pg_terminate_backend(${pid})`)),
    // Loaded when it is asked for: no runner and no gate needs it.
    checkAccount: async (question) =>
      (await import("./accounts/check.ts")).checkAccount(session, place, question),
    missingGrants: (readers) => missingGrants(session, place, readers),
    async prepare(readers) {
      try {
        const [rows, readOnlyMode, backend, ownRole] = await session.query(
          "show server_version_num; show transaction_read_only; select pg_backend_pid(); show role",
        );
        // A standby, or default_transaction_read_only: said here, before the first file would fail on it.
        if (readOnlyMode?.[0]?.[0] === "on") throw new SluiceError("SL3054");
        version = Number(rows?.[0]?.[0]);
        pid = Number(backend?.[0]?.[0]);
        const set = ownRole?.[0]?.[0] ?? "none";
        role ??= set === "none" ? undefined : set;
        if (guard.sticky)
          await session
            .query(sessionSettings(version, OWN_LOCK_TIMEOUT, mode.role))
            .catch(async (error) => Promise.reject(await roleRefused(session, mode.role, error)));
        await ensureHistory(session, place, OWN_LOCK_TIMEOUT, mode.role);
        checkWriter(await readHistory(own, place), place);
        await grantReaders(session, place, readers, mode.role);
      } catch (error) {
        throw readOnly(error);
      }
      observer = createObserver(pid, open, guard.sticky);
    },
    analyse,
    async apply(migration, script, options) {
      const context = applyContext(session, prepared(), options);
      try {
        const row = { ...record(migration, script), replaces: options.replaces };
        if (script.mode === "transaction" && options.resume === undefined) {
          await applyInTransaction(context, migration, script, row, options.notify);
        } else {
          await applyInSteps(context, migration, script, row, options.resume);
        }
        return "applied";
      } catch (error) {
        if (error instanceof AlreadyTaken) return "taken";
        throw refused(error, migration);
      }
    },
    async recordFailure(migration, script, message) {
      await session.query("rollback");
      if (guard.sticky) await session.query(resetSession(version, OWN_LOCK_TIMEOUT, mode.role));
      await session.query(
        `begin; ${guard.fence}${writer.fail(record(migration, script), message)}; ${writer.notify()}; commit`,
      );
    },
    startRun: (run) =>
      startRun(session, place, runner, run, {
        label: labelLine(`run ${run.id}: ${run.command}`),
        role: `${asRunner()}; `,
        fence: guard.fence,
      }).catch((error) => {
        throw readOnly(error);
      }),
    finishRun: (id, claim, end) => finishRun(session, place, id, claim, end, { role: `${asRunner()}; ` }),
    async keepAlive(label) {
      const sign = guard.sticky ? STAY : `begin; ${guard.fence}commit`;
      await session.query(`${labelLine(label)}${sign}`).catch((error) => {
        throw isLeaseLost(error) ? new SluiceError("SL4033", { cause: error }) : error;
      });
    },
    onLost: (listener) => session.onLost(listener),
    ...upkeep({
      session,
      place,
      runner,
      role: mode.role,
      guard,
      observer: prepared,
      context: (options) => applyContext(session, prepared(), options),
      record,
      asRunner,
      reset: () => resetSession(version, OWN_LOCK_TIMEOUT, mode.role),
      explain: readOnly,
    }),
    async reset() {
      // Behind a transaction pooler each transaction has left its backend clean.
      if (guard.sticky) await session.query(resetSession(version, OWN_LOCK_TIMEOUT, mode.role));
    },
    async close() {
      if (held) await guard.release().catch(() => undefined);
      await observer?.close();
      const closed = session.close();
      // The server frees a lock when it has ended the session; where there is none, nobody has to wait for that.
      if (held) await closed;
    },
  };

  function prepared(): Observer {
    if (observer === undefined) throw new Error("not prepared");
    return observer;
  }

  function applyContext(work: Session, eyes: Observer, options: ApplyOptions): ApplyContext {
    return {
      session: work,
      observer: eyes,
      writer,
      place,
      guard,
      asRunner: asRunner(),
      grace: options.grace,
      onProgress: options.onProgress,
      signal: options.signal,
      limits: options.limits,
      attempt: retrying(options),
    };
  }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof SluiceError && error.code === "SL3053";
}

function record(migration: Migration, script: Script): Record {
  return {
    id: migration.version,
    name: migration.name,
    checksum: migration.checksum,
    phase: migration.directives.phase,
    breaking: migration.directives.breaking,
    requires: migration.directives.requires,
    total: script.statements.length,
    hashes: script.mode === "steps" ? script.statements.map((statement) => statement.hash) : undefined,
    down: migration.down,
    transaction: migration.directives.transaction,
  };
}
