import type { Migration } from "../../../migrations/migration.ts";
import type { Script } from "../../database.ts";
import { characters, statementFailure } from "../failure.ts";
import { label } from "../label.ts";
import { isServerError } from "../sqlstate.ts";
import { type ApplyContext, begin, leaveClean, type Record, send, sortFailure } from "./context.ts";

/**
 * Applies a file and its history row in one transaction: the row first, so that a second runner fails on it (23505)
 * before it has done anything. A file of one statement is one round trip.
 * @param notify wakes the gates that listen, with the commit.
 * @throws SluiceError SL4020 (rolled back), AlreadyTaken, Passing when the lock budget is used up, ConnectionLost.
 */
export async function applyInTransaction(
  context: ApplyContext,
  migration: Migration,
  script: Script,
  record: Record,
  notify: boolean,
): Promise<void> {
  await context.attempt(() => once(context, migration, script, record, notify));
}

async function once(
  context: ApplyContext,
  migration: Migration,
  script: Script,
  record: Record,
  notify: boolean,
): Promise<void> {
  const { limits, writer } = context;
  const { statements } = script;
  const end = [
    ...leaveClean(context, script.dirtiesSession),
    // The file may act as another role, without rights on the history; nobody sees a function do so.
    ...(script.dirtiesSession ? [context.asRunner] : []),
    writer.finish(record.id),
    ...(notify ? [writer.notify()] : []),
    "commit",
  ].join(";\n");
  let left = limits.lockTimeout;
  let ownTimeout = false;
  for (let index = 0; index === 0 || index < statements.length; index++) {
    const statement = statements[index];
    const limit =
      index === 0 ? await opening(context, record) : ownTimeout ? "" : `set local lock_timeout = ${left};\n`;
    const start = label(migration, statement) + limit;
    const text = statement?.text ?? "";
    const finish = index >= statements.length - 1 ? `\n;${end}` : "";
    try {
      const waited = await send(context, start + text + finish, ownTimeout ? 0 : left);
      if (left > 0) left = Math.max(1, left - Math.round(waited));
    } catch (error) {
      if (isServerError(error)) await context.session.query("rollback");
      const failure = sortFailure(context, error);
      if (statement === undefined || !isServerError(failure)) throw failure;
      throw statementFailure(failure, migration, statement, characters(start), "nothing");
    }
    ownTimeout ||= statement?.setsLockTimeout === true;
  }
}

async function opening(context: ApplyContext, record: Record): Promise<string> {
  const { limits, writer } = context;
  const settings = `set local lock_timeout = ${limits.lockTimeout}; set local statement_timeout = ${limits.statementTimeout};`;
  const start = await begin(context, settings).catch((error) => {
    throw sortFailure(context, error);
  });
  return `${start}\n${writer.insert(record, "applied")};\n`;
}
