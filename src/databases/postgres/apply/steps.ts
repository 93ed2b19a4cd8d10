import { SluiceError } from "../../../errors.ts";
import type { Migration } from "../../../migrations/migration.ts";
import type { Resume, Script, ScriptStatement } from "../../database.ts";
import { firstWords } from "../analyse.ts";
import { characters, statementFailure } from "../failure.ts";
import { hasState, isServerError, type ServerError, SQLSTATE } from "../sqlstate.ts";
import { findClaimed, prepareClaim } from "./claimed.ts";
import { type ApplyContext, type Record, send, sortFailure } from "./context.ts";

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
  await session
    .query(
      resume === undefined
        ? `begin; ${writer.insert(record, "running")}; commit`
        : `begin; ${writer.resume(record)}; commit`,
    )
    .catch((error) => {
      throw sortFailure(context, error);
    });
  const role = { changed: false };
  const at = (index: number): Step => {
    const statement = statements[index] as ScriptStatement;
    return { context, migration, statement, record, index, last: index === statements.length - 1, role };
  };
  let done = resume?.done ?? 0;
  for (const statement of statements.slice(0, done)) {
    if (!statement.setsSession) continue;
    await session.query(statement.text);
    role.changed ||= statement.setsRole;
  }
  if (resume?.claimed !== undefined && (await settle(context, migration, record, resume.claimed))) {
    if (resume.claimed.hash !== statements[done]?.hash) {
      const params = { version: migration.version, number: done + 1, done: done + 1 };
      throw new SluiceError("SL4023", { params, place: { file: migration.file }, migration: record.id });
    }
    await history(at(done), confirmation(at(done), false));
    done++;
  }
  for (let index = done; index < statements.length; index++) {
    const step = at(index);
    if (step.statement.alone) await runClaimed(step);
    else await runWithProgress(step);
    role.changed ||= step.statement.setsRole;
  }
  // Reached only when nothing was left to do, or the file lost its last statements.
  if (done >= statements.length)
    await session.query(`begin; ${writer.finish(record.id)}; ${writer.notify()}; commit`);
}

interface Step {
  context: ApplyContext;
  migration: Migration;
  statement: ScriptStatement;
  record: Record;
  index: number;
  last: boolean;
  /** The script acts as another role, which has no rights on the history. */
  role: { changed: boolean };
}

/** SQL that records the statement as finished, and the file with the last one. */
function confirmation(step: Step, roleChanged: boolean): string {
  const { writer } = step.context;
  const { id } = step.record;
  return [
    ...(roleChanged ? ["set local session authorization default", "set local role none"] : []),
    writer.progress(id, step.index + 1),
    ...(step.last ? [writer.finish(id), writer.notify()] : []),
  ].join(";\n");
}

async function runWithProgress(step: Step): Promise<void> {
  const { context, statement } = step;
  const { limits } = context;
  const start = `begin; set local statement_timeout = ${limits.statementTimeout};
set local lock_timeout = ${limits.lockTimeout};\n`;
  const end = `\n;${confirmation(step, step.role.changed || statement.setsRole)};\ncommit`;
  try {
    await context.attempt(async () => {
      try {
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
  await history(step, context.writer.claim(record.id, statement.text));
  await prepareClaim(context.session, statement);
  try {
    // No lock_timeout: in the wait for old snapshots it would leave an invalid index behind.
    await context.session.query(`set lock_timeout = 0`);
    await context.session.query(`set statement_timeout = ${context.limits.statementTimeout}`);
    await send(context, statement.text, 0);
  } catch (error) {
    if (!isServerError(error)) throw error;
    context.signal.throwIfAborted();
    const clean = await clearAway(step);
    if (clean) await history(step, context.writer.progress(record.id, step.index));
    throw failed(step, error, 0, step.index > 0 || !clean);
  } finally {
    await context.session
      .query(`set lock_timeout = ${context.limits.lockTimeout}; set statement_timeout = 0`)
      .catch(() => undefined);
  }
  await history(step, confirmation(step, false));
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
  const finding = await findClaimed(context.session, claimed);
  switch (finding.state) {
    case "absent":
      return false;
    case "done":
      return true;
    case "partial":
      await context.session.query("set lock_timeout = 0");
      await send(context, finding.sql, 0);
      return finding.done;
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

/** Removes what a refused statement left (an INVALID index), unless somebody is in the way. @returns whether all is gone. */
async function clearAway(step: Step): Promise<boolean> {
  const { context, statement } = step;
  const finding = await findClaimed(context.session, statement);
  if (finding.state !== "partial" || finding.done) return finding.state === "absent";
  try {
    await context.session.query(`set lock_timeout = ${context.limits.lockTimeout}`);
    await context.session.query(finding.sql);
    return true;
  } catch {
    return false;
  }
}

/** Writes the history in a transaction of its own, as the account that owns it. */
async function history(step: Step, sql: string): Promise<void> {
  const own = step.role.changed ? "set local session authorization default; set local role none; " : "";
  await step.context.session.query(`begin; ${own}${sql}; commit`);
}

function failed(step: Step, error: ServerError, sentBefore: number, halfWay: boolean): SluiceError {
  const left = halfWay ? "something" : "nothing";
  return statementFailure(error, step.migration, step.statement, sentBefore, left);
}
