import { catalogue, type ErrorCode, SluiceError } from "../../errors.ts";
import type { Migration } from "../../migrations/migration.ts";
import type { ApplyOptions, HistoryPlace, Runner, Script } from "../database.ts";
import type { Upkeep } from "../upkeep.ts";
import { AlreadyTaken, type ApplyContext } from "./apply/context.ts";
import { applyInSteps } from "./apply/steps.ts";
import { applyTogether } from "./apply/together.ts";
import { applyInTransaction } from "./apply/transaction.ts";
import type { Guard } from "./guard.ts";
import { amendment } from "./history/amend.ts";
import { downFailure, downWriter, readDownProgress, readDowns } from "./history/down.ts";
import { historyWriter, type Record } from "./history/write.ts";
import { findIndexes, invalidIndexes } from "./indexes.ts";
import type { Observer } from "./observer.ts";
import { sessionAs } from "./role.ts";
import type { Session } from "./session.ts";
import { identifier } from "./sql.ts";

/** What the connection shares with these methods. */
export interface UpkeepParts {
  session: Session;
  place: HistoryPlace;
  runner: Runner;
  /** The role of `--role`, which owns the history. */
  role: string | undefined;
  guard: Guard;
  /** The observer, once the connection is prepared. */
  observer(): Observer;
  context(options: ApplyOptions): ApplyContext;
  record(migration: Migration, script: Script): Record;
  /** SQL that makes the rest of a transaction run as the account that owns the history. */
  asRunner(): string;
  /** SQL that gives the session back as it was before a file. */
  reset(): string;
  /** An error as the connection reports it. */
  explain(error: unknown): unknown;
}

/** The methods behind `down`, `baseline`, `repair` and `migrate --one-transaction`. */
export function upkeep(parts: UpkeepParts): Upkeep {
  const { session, place, runner, guard } = parts;
  const writer = historyWriter(place, runner);
  const own = sessionAs(session, parts.role);
  const reverting = downWriter(place, runner, writer);
  const transact = async (sql: string) => {
    const start = `${parts.asRunner()}; ${guard.fence}`;
    await session.query(`begin; ${start}${sql}; ${writer.notify()}; commit`).catch(async (error) => {
      await session.query("rollback").catch(() => undefined);
      throw parts.explain(error);
    });
  };
  return {
    storedDowns: (versions) => readDowns(own, place, versions),
    downProgress: (version) => readDownProgress(own, place, version),
    async revert(migration, script, options) {
      const context = { ...parts.context(options), writer: reverting };
      const record = parts.record(migration, script);
      try {
        if (script.mode === "transaction" && options.resume === undefined) {
          await applyInTransaction(context, migration, script, record, options.notify);
        } else {
          await applyInSteps(context, migration, script, record, options.resume);
        }
      } catch (error) {
        throw inOtherWords(parts.explain(error), { SL4020: "SL4108", SL4021: "SL4109" });
      }
    },
    async recordDownFailure(version, message) {
      await session.query("rollback");
      if (guard.sticky) await session.query(parts.reset());
      await transact(downFailure(place, version, message));
    },
    async applyTogether(files, options) {
      const { statementTimeout } = options.limits;
      const recorded = files.map(({ migration, script }) => ({
        migration,
        script,
        record: parts.record(migration, script),
        statementTimeout: migration.directives.statementTimeout ?? statementTimeout,
      }));
      try {
        return await applyTogether(parts.context(options), recorded, parts.reset(), options.notify);
      } catch (error) {
        // Somebody has written a row without the lock; all is rolled back.
        if (error instanceof AlreadyTaken)
          throw new SluiceError("SL4107", { params: { what: error.message } });
        throw inOtherWords(parts.explain(error), { SL4020: "SL4121" });
      }
    },
    amend: (change) =>
      transact(
        amendment(change, place, runner, writer, ({ migration, script }) => parts.record(migration, script)),
      ),
    findIndexes: (name) => findIndexes(session, name),
    invalidIndexes: () => invalidIndexes(session),
    async rebuildIndex(index, signal) {
      const cancel = () =>
        void parts
          .observer()
          .cancel()
          .catch(() => undefined);
      const tablespace = index.tablespace === undefined ? "''" : identifier(index.tablespace);
      signal.throwIfAborted();
      signal.addEventListener("abort", cancel, { once: true });
      try {
        // No lock timeout: in its waits for old snapshots CONCURRENTLY would leave an INVALID index behind.
        // A backend that others get next must not keep it.
        if (guard.sticky) await session.query(`set lock_timeout = 0; set default_tablespace = ${tablespace}`);
        await session.query(index.drop);
        if (index.create !== undefined) await session.query(index.create);
      } catch (error) {
        signal.throwIfAborted();
        throw parts.explain(error);
      } finally {
        signal.removeEventListener("abort", cancel);
      }
    },
  };
}

/** The error of an up part as that of what was really run: other code, message and page, the same place and notes. */
function inOtherWords(error: unknown, codes: Partial<{ [Code in ErrorCode]: ErrorCode }>): unknown {
  const code = error instanceof SluiceError ? codes[error.code] : undefined;
  if (code === undefined || !(error instanceof SluiceError)) return error;
  const { place, notes, hint, migration, cause } = error;
  return new SluiceError(code, {
    params: { version: migration ?? "", reason: cause instanceof Error ? cause.message : error.message },
    ...(place !== undefined && { place }),
    notes: [...notes],
    // A hint that the server's answer gave is better than the general one.
    ...(hint !== catalogue[error.code].hint && { hint }),
    cause,
    ...(migration !== undefined && { migration }),
  });
}
