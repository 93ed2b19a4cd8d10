import type { Connection, History, Script } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import type { Listener } from "./events.ts";
import { recordFailure } from "./record-failure.ts";
import { isHalfApplied } from "./resume.ts";

export interface TogetherOptions {
  /** Milliseconds; see the options of the same name. */
  lockTimeout: number;
  lockBudget: number;
  statementTimeout: number;
  grace: number;
  signal: AbortSignal;
  on: Listener;
}

/**
 * Refuses `--one-transaction` where a file cannot be rolled back with the others. Nothing has been changed yet.
 * @throws SluiceError SL4120 (exit 2), which names the file.
 */
export function checkTogether(
  pending: readonly Migration[],
  scripts: ReadonlyMap<Migration, Script>,
  history: History,
): void {
  for (const migration of pending) {
    const reason = whyNot(migration, scripts.get(migration), history);
    if (reason === undefined) continue;
    const lower = pending.filter((one) => compareVersions(one.version, migration.version) < 0).at(-1);
    throw new SluiceError("SL4120", {
      params: { version: migration.version, reason: reason.text, before: lower?.version ?? "" },
      place: { file: migration.file, ...(reason.line !== undefined && { line: reason.line }) },
      ...(lower === undefined && {
        hint: `Run \`sluice migrate --to ${migration.version}\` without --one-transaction first, or all without it.`,
      }),
      migration: migration.version,
    });
  }
}

function whyNot(
  migration: Migration,
  script: Script | undefined,
  history: History,
): { text: string; line?: number } | undefined {
  const row = history.rows.find((one) => one.kind === "migration" && one.id === migration.version);
  if (isHalfApplied(row)) return { text: "it is half applied" };
  if (script?.mode !== "steps") return undefined;
  if (!migration.directives.transaction) return { text: "it says transaction=off" };
  const line = script.statements.find((statement) => statement.alone)?.line;
  const text = "PostgreSQL refuses one of its statements inside a transaction";
  return line === undefined ? { text } : { text, line };
}

/**
 * Applies all pending files and their rows in one transaction.
 * @returns them with the milliseconds that each took.
 * @throws SluiceError SL4121 (exit 3), when all is rolled back; the row of the file that failed says why.
 */
export async function applyTogether(
  connection: Connection,
  pending: readonly Migration[],
  scripts: ReadonlyMap<Migration, Script>,
  history: History,
  options: TogetherOptions,
): Promise<{ version: string; name: string; duration: number }[]> {
  const [first] = pending;
  if (first === undefined) return [];
  checkTogether(pending, scripts, history);
  options.signal.throwIfAborted();
  const parts = pending.map((migration) => ({ migration, script: scripts.get(migration) as Script }));
  for (const { migration, script } of parts) {
    options.on({ type: "applying", migration, statements: script.statements.length, resumed: undefined });
  }
  try {
    const durations = await connection.applyTogether(parts, {
      resume: undefined,
      limits: {
        // One bound for the whole: that of the file that asks for most.
        lockTimeout: Math.max(...pending.map((one) => one.directives.lockTimeout ?? options.lockTimeout)),
        statementTimeout: options.statementTimeout,
      },
      lockBudget: options.lockBudget,
      grace: options.grace,
      replaces: true,
      notify: true,
      signal: options.signal,
      onRetry: (retry) => options.on({ type: "retrying", migration: first, retry }),
    });
    if (parts.some((part) => part.script.dirtiesSession)) await connection.reset();
    return parts.map(({ migration }, index) => {
      const duration = durations[index] ?? 0;
      options.on({ type: "applied", migration, duration });
      return { version: migration.version, name: migration.name, duration };
    });
  } catch (error) {
    const failed = parts.find(
      (part) => error instanceof SluiceError && part.migration.version === error.migration,
    );
    if (failed !== undefined)
      await recordFailure(connection, failed.migration, failed.script, error, options.signal);
    throw error;
  }
}
