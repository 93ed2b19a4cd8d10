import type { Connection, Database, History, Resume, Script } from "../databases/database.ts";
import type { Migration } from "../migrations/migration.ts";
import { statementsOf } from "../migrations/read.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import type { Listener } from "./events.ts";
import { acquireLock } from "./lock.ts";
import { decide, type Plan, type PlanOptions } from "./plan.ts";
import { reconnecting } from "./reconnect.ts";
import { recordFailure } from "./record-failure.ts";
import { checkFinished, isHalfApplied } from "./resume.ts";
import { applyTogether, checkTogether } from "./together.ts";

export interface MigrateOptions extends PlanOptions {
  /** Milliseconds; see the options of the same name. */
  wait: number;
  lockWait: number;
  lockTimeout: number;
  lockBudget: number;
  /** Milliseconds that the statement in flight may go on after the signal. */
  grace: number;
  orphans: "wait" | "cancel";
  statementTimeout: number;
  createDatabase: boolean;
  /** Roles that may read the history. */
  readers: readonly string[];
  /** All pending files in one transaction, all or nothing. */
  oneTransaction: boolean;
  signal: AbortSignal;
  on: Listener;
}

export interface Applied {
  version: string;
  name: string;
  /** Milliseconds. */
  duration: number;
}

export interface MigrateResult {
  applied: Applied[];
  /** Versions that the database has and the files have not. */
  ahead: string[];
  /** Files whose migration was applied before this run, or by another runner during it. */
  alreadyApplied: number;
}

/**
 * Brings the database to where the files are. The history is read first, without a lock; only where there is work
 * the lock is taken and everything decided once more under it.
 * @throws SluiceError with the exit statuses of design 5.4.
 */
export async function migrate(
  database: Database,
  files: readonly Migration[],
  options: MigrateOptions,
): Promise<MigrateResult> {
  const applied: Applied[] = [];
  return reconnecting(database, options, (connection, lost) =>
    run(connection, files, options, applied, lost > 0),
  );
}

async function run(
  connection: Connection,
  files: readonly Migration[],
  options: MigrateOptions,
  applied: Applied[],
  again: boolean,
): Promise<MigrateResult> {
  // What every restart of a pod finds. Whether --to lies below what is applied takes the whole history to say.
  if (options.to === undefined && (await connection.matches(files))) {
    const idle = (await connection.missingGrants(options.readers)).length === 0;
    if (idle) return { applied, ahead: [], alreadyApplied: files.length - (again ? applied.length : 0) };
  }
  let history = await connection.history();
  let plan = decide(files, history, options);
  const result = (): MigrateResult => ({
    applied,
    ahead: plan.ahead.map((row) => row.id),
    alreadyApplied: plan.applied - (again ? applied.length : 0),
  });
  const settled = async () =>
    plan.pending.length === 0 &&
    history.exists &&
    (await connection.missingGrants(options.readers)).length === 0;
  const idle = async (fresh: History) => {
    history = fresh;
    plan = decide(files, history, options);
    return settled();
  };
  if (plan.ahead.length > 0) options.on({ type: "ahead", versions: plan.ahead.map((row) => row.id) });
  if (await settled()) return result();

  const prepared = await prepareScripts(connection, plan.pending);
  if (options.oneTransaction) checkTogether(plan.pending, prepared, history);
  const locked = await acquireLock(connection, async () => idle(await connection.history()), options);
  if (!locked) return result();
  await connection.prepare(options.readers);
  history = await connection.history();
  plan = decide(files, history, options);
  const alreadyApplied = plan.applied - (again ? applied.length : 0);
  if (options.oneTransaction) {
    const scripts = await prepareScripts(connection, plan.pending);
    applied.push(...(await applyTogether(connection, plan.pending, scripts, history, options)));
    return { applied, ahead: plan.ahead.map((row) => row.id), alreadyApplied };
  }
  let told = performance.now();
  for (const [index, migration] of plan.pending.entries()) {
    const script = prepared.get(migration) ?? (await prepareScripts(connection, [migration])).get(migration);
    // Gates want the last commit, and those before it where they take their time.
    const notify = index === plan.pending.length - 1 || performance.now() - told > NOTIFY_AGAIN;
    if (notify) told = performance.now();
    const duration = await applyOne(connection, migration, script as Script, history, options, notify);
    if (duration !== undefined) applied.push({ version: migration.version, name: migration.name, duration });
  }
  return { applied, ahead: plan.ahead.map((row) => row.id), alreadyApplied };
}

/** Milliseconds after which gates are told of a commit that is not the last one. */
const NOTIFY_AGAIN = 1000;

/** Splits and parses every pending file before the first one runs, so that a refused file changes nothing. */
async function prepareScripts(
  connection: Connection,
  pending: readonly Migration[],
): Promise<Map<Migration, Script>> {
  const scripts = new Map<Migration, Script>();
  for (const migration of pending) {
    scripts.set(migration, await connection.analyse(migration, statementsOf(migration)));
  }
  return scripts;
}

/** @returns milliseconds it took, or undefined where another runner has applied it. */
async function applyOne(
  connection: Connection,
  migration: Migration,
  script: Script,
  history: History,
  options: MigrateOptions,
  notify: boolean,
): Promise<number | undefined> {
  options.signal.throwIfAborted();
  const row = history.rows.find((one) => one.kind === "migration" && one.id === migration.version);
  const resume = isHalfApplied(row) ? await resumePoint(connection, migration, script) : undefined;
  options.on({ type: "applying", migration, statements: script.statements.length, resumed: resume?.done });
  const began = performance.now();
  try {
    const outcome = await connection.apply(migration, script, {
      resume,
      limits: {
        lockTimeout: migration.directives.lockTimeout ?? options.lockTimeout,
        statementTimeout: migration.directives.statementTimeout ?? options.statementTimeout,
      },
      lockBudget: options.lockBudget,
      grace: options.grace,
      replaces: row !== undefined,
      notify,
      signal: options.signal,
      onRetry: (retry) => options.on({ type: "retrying", migration, retry }),
      onProgress: (text) => options.on({ type: "progress", migration, text }),
    });
    if (script.dirtiesSession) await connection.reset();
    if (outcome === "taken") return undefined;
  } catch (error) {
    await recordFailure(connection, migration, script, error, options.signal);
    throw error;
  }
  const duration = Math.round(performance.now() - began);
  options.on({ type: "applied", migration, duration });
  return duration;
}

async function resumePoint(connection: Connection, migration: Migration, script: Script): Promise<Resume> {
  const progress = await connection.progress(migration.version);
  checkFinished(migration, script, progress);
  if (progress.claimed === undefined) return { done: progress.done, claimed: undefined };
  const line = script.statements[progress.done]?.line ?? migration.upLine;
  const { statements } = await connection.analyse(migration, [{ text: progress.claimed, line }]);
  return { done: progress.done, claimed: statements[0] };
}

/** What a run would do, without the lock and without a transaction. */
export async function preview(
  database: Database,
  files: readonly Migration[],
  options: PlanOptions & ConnectOptions,
): Promise<{ plan: Plan; scripts: Map<Migration, Script> }> {
  const connection = await connect(database, options);
  try {
    const plan = decide(files, await connection.history(), options);
    return { plan, scripts: await prepareScripts(connection, plan.pending) };
  } finally {
    await connection.close();
  }
}
