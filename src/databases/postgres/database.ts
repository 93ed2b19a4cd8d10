import { hostname } from "node:os";
import type { Client } from "pg";
import { SluiceError } from "../../errors.ts";
import type { Migration } from "../../migrations/migration.ts";
import type { ApplyOptions, Connection, Database, HistoryPlace, Runner, Script } from "../database.ts";
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
import { checkWriter, readHistory, readProgress } from "./history/read.ts";
import { historyWriter, type Record } from "./history/write.ts";
import { lockHolder, lockKey, tryLock } from "./lock.ts";
import { createObserver, type Observer } from "./observer.ts";
import { historyReader } from "./reader.ts";
import { openSession, type Session } from "./session.ts";
import { resetSession, sessionSettings } from "./settings.ts";
import { hasState, SQLSTATE } from "./sqlstate.ts";

/** Lock timeout of Sluice's own statements on its table, in milliseconds. */
const OWN_LOCK_TIMEOUT = 5000;

/**
 * PostgreSQL 13 to 18 behind the engine's interface.
 * @param runner who writes the history rows.
 */
export function postgresDatabase(settings: Settings, place: HistoryPlace, runner: Runner): Database {
  const open = async (): Promise<Session> => {
    const client: Client = await connectClient(settings, {
      applicationName: `sluice:${runner.pod ?? hostname()}`,
    });
    return openSession(client);
  };
  return {
    target: describeTarget(settings),
    connect: async () => connection(await open(), open, place, runner),
    reader: () => historyReader(open, place),
    create: () => createDatabase(settings),
  };
}

function connection(
  session: Session,
  open: () => Promise<Session>,
  place: HistoryPlace,
  runner: Runner,
): Connection {
  const key = lockKey(place);
  const writer = historyWriter(place, runner);
  let observer: Observer | undefined;
  let version = 0;
  const readOnly = (error: unknown): unknown =>
    hasState(error, SQLSTATE.readOnly)
      ? new SluiceError("SL3054", { notes: [(error as Error).message], cause: error })
      : error;
  return {
    history: () => readHistory(session, place),
    progress: (id) => readProgress(session, place, id),
    tryLock: () => tryLock(session, key),
    lockHolder: () => lockHolder(session, key),
    missingGrants: (readers) => missingGrants(session, place, readers),
    async prepare(readers) {
      try {
        const [rows] = await session.query("show server_version_num");
        version = Number(rows?.[0]?.[0]);
        await session.query(sessionSettings(version, OWN_LOCK_TIMEOUT));
        await ensureHistory(session, place, OWN_LOCK_TIMEOUT);
        checkWriter(await readHistory(session, place), place);
        await grantReaders(session, place, readers);
      } catch (error) {
        throw readOnly(error);
      }
      observer = createObserver(session.pid, open);
    },
    analyse,
    async apply(migration, script, options) {
      if (observer === undefined) throw new Error("apply before prepare");
      const context = applyContext(session, observer, options);
      try {
        const row = record(migration, script);
        if (script.mode === "transaction" && options.resume === undefined) {
          await applyInTransaction(context, migration, script, row, options.notify);
        } else {
          await applyInSteps(context, migration, script, row, options.resume);
        }
        return "applied";
      } catch (error) {
        if (error instanceof AlreadyTaken) return "taken";
        throw readOnly(error);
      }
    },
    async recordFailure(migration, script, message) {
      await session.query("rollback");
      await session.query(resetSession(version, OWN_LOCK_TIMEOUT));
      await session.query(
        `begin; ${writer.fail(record(migration, script), message)}; ${writer.notify()}; commit`,
      );
    },
    reset: async () => void (await session.query(resetSession(version, OWN_LOCK_TIMEOUT))),
    async close() {
      await observer?.close();
      await session.close();
    },
  };

  function applyContext(work: Session, eyes: Observer, options: ApplyOptions): ApplyContext {
    return {
      session: work,
      observer: eyes,
      writer,
      place,
      signal: options.signal,
      limits: options.limits,
      attempt: retrying(options),
    };
  }
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
  };
}
