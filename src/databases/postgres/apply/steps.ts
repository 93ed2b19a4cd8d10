import { SluiceError } from "../../../errors.ts";
import type { Migration } from "../../../migrations/migration.ts";
import type { Finding, Resume, Script, ScriptStatement } from "../../database.ts";
import { firstWords } from "../analyse.ts";
import { characters, statementFailure } from "../failure.ts";
import { label } from "../label.ts";
import { hasState, isServerError, type ServerError, SQLSTATE } from "../sqlstate.ts";
import { findClaimed, prepareClaim, waitUntilQuiet } from "./claimed.ts";
import {
  type ApplyContext,
  begin,
  isPassing,
  leaveClean,
  Passing,
  type Record,
  send,
  sortFailure,
} from "./context.ts";

/**
 * Applies a file statement by statement. Each one that can, runs in one transaction with its progress, so it is
 * neither lost nor done twice; only the others are claimed by a commit before and confirmed after.
 * @throws SluiceError SL4020 when nothing was left behind, SL4021 half-way, SL4022 where a person must look.
 */
export async function applyInSteps(
  context: ApplyContext,
  migration: Migration,
  script: Script,
  record: Record,
  resume: Resume | undefined,
): Promise<void> {
  const { writer, session } = context;
  const { statements } = script;
  refuseSessionState(context, migration, statements);
  await session
    .query(
      resume === undefined
        ? `begin; ${context.guard.fence}${writer.insert(record, "running")}; commit`
        : `begin; ${context.guard.fence}${writer.resume(record)}; commit`,
    )
    .catch(async (error) => {
      if (isServerError(error)) await session.query("rollback");
      throw sortFailure(context, error);
    });
  const at = (index: number): Step => {
    const statement = statements[index] as ScriptStatement;
    const last = index === statements.length - 1;
    return { context, migration, statement, record, index, last, dirty: script.dirtiesSession };
  };
  let done = resume?.done ?? 0;
  for (const statement of statements.slice(0, done)) {
    if (statement.setsSession) await session.query(statement.text);
  }
  if (resume?.claimed !== undefined && (await settle(context, migration, record, resume.claimed))) {
    if (resume.claimed.hash !== statements[done]?.hash) {
      const params = { version: migration.version, number: done + 1, done: done + 1 };
      throw new SluiceError("SL4023", { params, place: { file: migration.file }, migration: record.id });
    }
    await history(at(done), confirmation(at(done)));
    done++;
  }
  for (let index = done; index < statements.length; index++) {
    const step = at(index);
    if (step.statement.alone) await runClaimed(step);
    else await runWithProgress(step);
  }
  // Reached only when nothing was left to do, or the file lost its last statements.
  if (done >= statements.length) {
    const own = script.dirtiesSession ? `${context.asRunner}; ` : "";
    await session.query(
      `begin; ${context.guard.fence}${own}${writer.finish(record.id)}; ${writer.notify()}; commit`,
    );
  }
}

/** Behind a transaction pooler the next statement may run in another session, which has not seen the SET. */
function refuseSessionState(
  context: ApplyContext,
  migration: Migration,
  statements: readonly ScriptStatement[],
): void {
  const statement = context.guard.sticky ? undefined : statements.find((one) => one.setsSession);
  if (statement === undefined) return;
  throw new SluiceError("SL4034", {
    params: { version: migration.version, statement: firstWords(statement.text) },
    place: { file: migration.file, line: statement.line },
    migration: migration.version,
  });
}

interface Step {
  context: ApplyContext;
  migration: Migration;
  statement: ScriptStatement;
  record: Record;
  index: number;
  last: boolean;
  /** The script may leave the session changed; as another role, perhaps, which has no rights on the history. */
  dirty: boolean;
}

/** SQL that records the statement as finished, and the file with the last one. */
function confirmation(step: Step): string {
  const { writer } = step.context;
  const { id } = step.record;
  return [
    ...(step.dirty ? [step.context.asRunner] : []),
    writer.progress(id, step.index + 1, step.index),
    ...(step.last ? [writer.finish(id), writer.notify()] : []),
  ].join(";\n");
}

async function runWithProgress(step: Step): Promise<void> {
  const { context, statement } = step;
  const { limits } = context;
  const settings = `set local statement_timeout = ${limits.statementTimeout};
set local lock_timeout = ${limits.lockTimeout};\n`;
  const clean = leaveClean(context, step.dirty);
  const end = `\n;${[...clean, confirmation(step)].join(";\n")};\ncommit`;
  let start = "";
  try {
    await context.attempt(async () => {
      try {
        start = label(step.migration, statement) + (await begin(context, settings));
        await send(context, start + statement.text + end, limits.lockTimeout);
      } catch (error) {
        if (isServerError(error)) await context.session.query("rollback");
        throw sortFailure(context, error);
      }
    });
  } catch (error) {
    // REINDEX of a partitioned table, a procedure that commits: only the server knows that these run alone. They
    // have done nothing yet, so they are claimed and sent again outside a transaction.
    if (hasState(error, SQLSTATE.activeTransaction, SQLSTATE.invalidTransactionTermination)) {
      return runClaimed(step);
    }
    if (!isServerError(error)) throw error;
    throw failed(step, error, characters(start), step.index > 0);
  }
}

async function runClaimed(step: Step): Promise<void> {
  const { context, statement, record } = step;
  const { limits, session, writer } = context;
  let clean = true;
  try {
    // No lock_timeout: in the wait for old snapshots it would leave an invalid index behind.
    await setSession(context, `set lock_timeout = 0; set statement_timeout = ${limits.statementTimeout}`);
    await prepareClaim(context, statement);
    // What stands already as this statement would make it is not this statement's work: the server will refuse it, or
    // do nothing (IF NOT EXISTS). Claimed, a crash before its answer would count it as done.
    if ((await findClaimed(session, statement)).state !== "done")
      await history(step, writer.claim(record.id, statement.text));
    await context.attempt(async () => {
      try {
        await send(context, statement.text, 0);
      } catch (error) {
        if (!isServerError(error)) throw error;
        context.signal.throwIfAborted();
        clean = await clearAway(step, error);
        throw clean ? sortFailure(context, error) : error;
      }
    });
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (clean) await history(step, writer.progress(record.id, step.index, step.index));
    throw failed(step, error, 0, step.index > 0 || !clean);
  } finally {
    const own = `set lock_timeout = ${limits.lockTimeout}; set statement_timeout = 0`;
    await setSession(context, own).catch(() => undefined);
  }
  await history(step, confirmation(step));
}

/**
 * Looks what became of a statement that was claimed and never confirmed, and clears away or finishes what it left.
 * It is the recorded text that counts: the file's may have been corrected since.
 * @returns true when it took effect.
 */
async function settle(
  context: ApplyContext,
  migration: Migration,
  record: Record,
  claimed: ScriptStatement,
): Promise<boolean> {
  if (!context.guard.sticky) await waitUntilQuiet(context, claimed.text);
  const finding = await findClaimed(context.session, claimed);
  switch (finding.state) {
    case "absent":
      return false;
    case "done":
      return true;
    case "partial":
      await setSession(context, "set lock_timeout = 0");
      await send(context, finding.sql, 0);
      return finding.done;
    case "busy":
    case "unknown":
      throw new SluiceError("SL4022", {
        params: {
          version: migration.version,
          statement: firstWords(claimed.text),
          what: finding.what,
        },
        place: { file: migration.file, line: claimed.line },
        migration: record.id,
      });
  }
}

/**
 * Removes what a refused statement left (an INVALID index), unless somebody is in the way. What stands as the statement
 * would have made it was there before: the server has said that this statement failed.
 * @returns whether nothing of it is left.
 */
async function clearAway(step: Step, error: ServerError): Promise<boolean> {
  const { context } = step;
  // The name was taken before: what stands under it is somebody else's.
  if (hasState(error, SQLSTATE.duplicateTable)) return true;
  const finding = await findRest(step, error);
  if (finding.state === "busy" || finding.state === "unknown") return false;
  if (finding.state !== "partial" || finding.done) return finding.state !== "partial";
  try {
    await setSession(context, `set lock_timeout = ${context.limits.lockTimeout}`);
    await context.session.query(finding.sql);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a refused statement left. Who won a deadlock holds the lock until its transaction ends: looks again for as long as
 * locks may be in the way.
 */
async function findRest({ context, statement }: Step, error: ServerError): Promise<Finding> {
  let finding = await findClaimed(context.session, statement);
  if (finding.state !== "busy" || !isPassing(context, error)) return finding;
  try {
    await context.attempt(async () => {
      finding = await findClaimed(context.session, statement);
      if (finding.state === "busy") throw new Passing(error, context.observer.blockers());
    });
  } catch (gaveUp) {
    if (!(gaveUp instanceof SluiceError && gaveUp.code === "SL4030")) throw gaveUp;
  }
  return finding;
}

/** Settings for statements outside a transaction; a backend that others get next must not keep them. */
async function setSession(context: ApplyContext, sql: string): Promise<void> {
  if (context.guard.sticky) await context.session.query(sql);
}

/** Writes the history in a transaction of its own, as the account that owns it. */
async function history(step: Step, sql: string): Promise<void> {
  const { asRunner, guard, session } = step.context;
  const own = step.dirty || !guard.sticky ? `${asRunner}; ` : "";
  try {
    await session.query(`begin; ${guard.fence}${own}${sql}; commit`);
  } catch (error) {
    if (isServerError(error)) await session.query("rollback");
    throw sortFailure(step.context, error);
  }
}

function failed(step: Step, error: ServerError, sentBefore: number, halfWay: boolean): SluiceError {
  const left = halfWay ? "something" : "nothing";
  return statementFailure(error, step.migration, step.statement, sentBefore, left);
}
