import type { Connection, Database, History, HistoryRow, Resume, Script } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";
import { downStatementsOf } from "../migrations/read.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import { acquireLock, type LockOptions } from "./lock.ts";
import { reconnecting } from "./reconnect.ts";
import { checkFinished } from "./resume.ts";
import { chooseReversals, type DownTarget, type Reversal, withDownParts } from "./reversal.ts";

export interface DownOptions extends DownTarget, ConnectOptions, LockOptions {
  /** Milliseconds; see the options of the same name. */
  lockTimeout: number;
  lockBudget: number;
  statementTimeout: number;
  grace: number;
}

export interface Reverted {
  version: string;
  name: string;
  /** Where its down part came from. */
  from: "file" | "history";
  /** Milliseconds. */
  duration: number;
}

/** A down part, ready to run. */
export interface PlannedReversal extends Reversal {
  script: Script;
}

/**
 * Goes back: reverts migrations, the highest first, each with its record. `steps` is counted once, at the beginning,
 * so that two runs at the same time do not revert twice as much.
 * @returns what this run reverted.
 * @throws SluiceError with the exit statuses of design 5.4; SL4107 where others changed the history meanwhile.
 */
export async function down(
  database: Database,
  files: readonly Migration[],
  options: DownOptions,
): Promise<Reverted[]> {
  const done: Reverted[] = [];
  let counted: readonly string[] | undefined;
  await reconnecting(database, options, async (connection, lost) => {
    const first = await connection.history();
    counted ??= chooseReversals(files, first, options).map((row) => row.id);
    const left = (history: History) => remaining(files, history, options, counted ?? []);
    if (left(first).length === 0) return;
    // A refused script must change nothing, so all are read before the first one runs.
    if (lost === 0) await plan(connection, left(first), files);
    const idle = async () => left(await connection.history()).length === 0;
    if (!(await acquireLock(connection, idle, options))) return;
    await connection.prepare([]);
    const planned = await plan(connection, left(await connection.history()), files);
    for (const [index, one] of planned.entries()) {
      const duration = await revertOne(connection, one, options, index === planned.length - 1);
      done.push({ version: one.row.id, name: one.row.name, from: one.from, duration });
    }
  });
  return done;
}

/** What a run would do, without the lock and without a transaction. */
export async function previewDown(
  database: Database,
  files: readonly Migration[],
  options: DownTarget & ConnectOptions,
): Promise<PlannedReversal[]> {
  const connection = await connect(database, options);
  try {
    return await plan(connection, chooseReversals(files, await connection.history(), options), files);
  } finally {
    await connection.close();
  }
}

/** With `to` whatever is above it now; with `steps` what was counted at the beginning and is still there. */
function remaining(
  files: readonly Migration[],
  history: History,
  options: DownTarget,
  counted: readonly string[],
): HistoryRow[] {
  if (options.to !== undefined) return chooseReversals(files, history, options);
  const left = history.rows.filter((row) => counted.includes(row.id) && isThere(row));
  const now = chooseReversals(files, history, { steps: left.length });
  const other = now.find((row) => !counted.includes(row.id));
  if (other === undefined) return now;
  throw new SluiceError("SL4107", { params: { what: `migration ${other.id} was applied` } });
}

function isThere(row: HistoryRow): boolean {
  return row.kind === "migration" && (row.state === "applied" || row.reverting !== undefined);
}

async function plan(
  connection: Connection,
  rows: readonly HistoryRow[],
  files: readonly Migration[],
): Promise<PlannedReversal[]> {
  if (rows.length === 0) return [];
  const stored = await connection.storedDowns(rows.map((row) => row.id));
  const planned: PlannedReversal[] = [];
  for (const one of withDownParts(rows, files, stored)) {
    planned.push({
      ...one,
      script: await connection.analyse(one.migration, downStatementsOf(one.migration)),
    });
  }
  return planned;
}

/** @returns milliseconds it took. */
async function revertOne(
  connection: Connection,
  { row, migration, script, from, changed }: PlannedReversal,
  options: DownOptions,
  last: boolean,
): Promise<number> {
  options.signal.throwIfAborted();
  const resume = row.reverting === undefined ? undefined : await resumePoint(connection, migration, script);
  const statements = script.statements.length;
  options.on({ type: "reverting", migration, statements, from, changed, resumed: resume?.done });
  const began = performance.now();
  try {
    await connection.revert(migration, script, {
      resume,
      limits: {
        lockTimeout: migration.directives.lockTimeout ?? options.lockTimeout,
        statementTimeout: migration.directives.statementTimeout ?? options.statementTimeout,
      },
      lockBudget: options.lockBudget,
      grace: options.grace,
      replaces: true,
      notify: last,
      signal: options.signal,
      onRetry: (retry) => options.on({ type: "retrying", migration, retry }),
    });
    if (script.dirtiesSession) await connection.reset();
  } catch (error) {
    const message = failureText(error, options.signal);
    if (message !== undefined) await connection.recordDownFailure(row.id, message).catch(() => undefined);
    throw error;
  }
  const duration = Math.round(performance.now() - began);
  options.on({ type: "reverted", migration, duration });
  return duration;
}

async function resumePoint(connection: Connection, migration: Migration, script: Script): Promise<Resume> {
  const progress = await connection.downProgress(migration.version);
  checkFinished(migration, script, progress);
  if (progress.claimed === undefined) return { done: progress.done, claimed: undefined };
  const line = script.statements[progress.done]?.line ?? migration.downLine ?? 1;
  const { statements } = await connection.analyse(migration, [{ text: progress.claimed, line }]);
  return { done: progress.done, claimed: statements[0] };
}

/** What the history says of a failure; a lost connection cannot be written down. */
function failureText(error: unknown, signal: AbortSignal): string | undefined {
  if (signal.aborted) return "interrupted by a signal";
  if (!(error instanceof SluiceError)) return undefined;
  return [error.message, ...error.notes].join("\n");
}
