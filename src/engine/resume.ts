import type { HistoryRow, Progress, Script } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";

/** A row that stands for a file of which something has been done, so that it must be continued and not begun. */
export function isHalfApplied(row: HistoryRow | undefined): boolean {
  if (row === undefined || row.state === "applied" || row.state === "reverted") return false;
  return row.state === "running" || row.statementsDone > 0 || row.statement !== undefined;
}

/**
 * Checks that the finished statements of a half-applied file stand in it unchanged. What comes after them may have
 * been corrected; a claimed statement that took effect is checked once that is known.
 * @throws SluiceError SL4023 (exit 4) where a finished statement was changed or removed.
 */
export function checkFinished(migration: Migration, script: Script, progress: Progress): void {
  for (let index = 0; index < progress.done; index++) {
    const statement = script.statements[index];
    const recorded = progress.hashes[index];
    if (statement !== undefined && (recorded === undefined || statement.hash === recorded)) continue;
    throw new SluiceError("SL4023", {
      params: { version: migration.version, number: index + 1, done: progress.done },
      place: { file: migration.file, line: statement?.line ?? migration.upLine },
      migration: migration.version,
    });
  }
}
