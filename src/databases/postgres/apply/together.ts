import type { ScriptStatement } from "../../database.ts";
import type { Part } from "../../upkeep.ts";
import { characters, statementFailure } from "../failure.ts";
import { label } from "../label.ts";
import { isServerError } from "../sqlstate.ts";
import { type ApplyContext, begin, leaveClean, type Record, send, sortFailure } from "./context.ts";

/** A file, its row, and the bound of its statements. */
export interface RecordedPart extends Part {
  record: Record;
  /** Milliseconds. */
  statementTimeout: number;
}

/**
 * Applies several files in one transaction: all of them and all of their rows, or nothing. The waits for locks of all
 * files together add up to at most the lock timeout.
 * @param reset SQL that gives the session back between two files, as it is between two transactions.
 * @returns milliseconds that each file took.
 * @throws SluiceError SL4020 (all rolled back), AlreadyTaken, Passing when the lock budget is used up, ConnectionLost.
 */
export async function applyTogether(
  context: ApplyContext,
  parts: readonly RecordedPart[],
  reset: string,
  notify: boolean,
): Promise<number[]> {
  return context.attempt(async () => {
    const durations: number[] = [];
    const budget = { left: context.limits.lockTimeout };
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      const end = last ? [...(notify ? [context.writer.notify()] : []), "commit"] : [];
      const began = performance.now();
      await runPart(context, part, budget, index === 0, end, reset);
      durations.push(Math.round(performance.now() - began));
    }
    return durations;
  });
}

async function runPart(
  context: ApplyContext,
  part: RecordedPart,
  budget: { left: number },
  first: boolean,
  end: string[],
  reset: string,
): Promise<void> {
  const { migration, script, record } = part;
  const { statements } = script;
  const clean = script.dirtiesSession && end.length === 0 && context.guard.sticky ? [reset] : [];
  const finish = [
    ...leaveClean(context, script.dirtiesSession),
    // The file may act as another role, without rights on the history; nobody sees a function do so.
    ...(script.dirtiesSession ? [context.asRunner] : []),
    context.writer.finish(record.id),
    ...clean,
    ...end,
  ].join(";\n");
  const settings = () => `set local lock_timeout = ${budget.left};\n`;
  let ownTimeout = false;
  for (let index = 0; index === 0 || index < statements.length; index++) {
    const statement: ScriptStatement | undefined = statements[index];
    let start = label(migration, statement);
    try {
      if (index === 0) start += await opening(context, part, first, settings());
      else if (!ownTimeout) start += settings();
      const tail = index >= statements.length - 1 ? `\n;${finish}` : "";
      const waited = await send(
        context,
        start + (statement?.text ?? "") + tail,
        ownTimeout ? 0 : budget.left,
      );
      if (budget.left > 0) budget.left = Math.max(1, budget.left - Math.round(waited));
    } catch (error) {
      if (isServerError(error)) await context.session.query("rollback");
      const failure = sortFailure(context, error);
      if (statement === undefined || !isServerError(failure)) throw failure;
      throw statementFailure(failure, migration, statement, characters(start), "nothing");
    }
    ownTimeout ||= statement?.setsLockTimeout === true;
  }
}

/** Begins the transaction with the first file; the row stands before the file in any case. */
async function opening(
  context: ApplyContext,
  part: RecordedPart,
  first: boolean,
  lockTimeout: string,
): Promise<string> {
  const settings = `${lockTimeout}set local statement_timeout = ${part.statementTimeout};`;
  const start = first ? await begin(context, settings) : settings;
  return `${start}\n${context.writer.insert(part.record, "applied")};\n`;
}
