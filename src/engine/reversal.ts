import type { History, HistoryRow } from "../databases/database.ts";
import type { StoredDown } from "../databases/upkeep.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import { isHalfApplied } from "./resume.ts";

/** How far to go back: exactly one of the two. */
export interface DownTarget {
  /** Kept; everything above it is reverted. */
  to?: string | undefined;
  /** How many of the applied migrations. */
  steps?: number | undefined;
}

/** One migration that is to be reverted, with the down part that does it. */
export interface Reversal {
  row: HistoryRow;
  /** Carries the down part; its `file` is for messages and need not exist. */
  migration: Migration;
  from: "file" | "history";
  /** The file was changed after it was applied, so its own down part is passed over where the history has one. */
  changed: boolean;
}

/**
 * Decides which migrations are reverted, the highest first. Nothing has been changed when it throws.
 * @throws SluiceError SL4102 and SL4106 (exit 2), SL4104 (exit 5), SL4105 and SL4110 (exit 4).
 */
export function chooseReversals(
  files: readonly Migration[],
  history: History,
  target: DownTarget,
): HistoryRow[] {
  const baseline = baselineOf(history);
  const rows = history.rows
    .filter((row) => row.kind === "migration")
    .filter((row) => baseline === undefined || compareVersions(row.id, baseline) > 0)
    .sort((a, b) => compareVersions(b.id, a.id));
  const present = rows.filter((row) => row.state === "applied" || row.reverting !== undefined);
  const chosen =
    target.to === undefined
      ? lastSteps(present, target.steps ?? 0, baseline)
      : above(present, target.to, files, history, baseline);
  const half = rows.find((row) => row.reverting === undefined && isHalfApplied(row));
  const lowest = chosen.at(-1);
  if (half !== undefined && lowest !== undefined && compareVersions(half.id, lowest.id) > 0)
    throw halfApplied(half);
  checkReverting(rows.filter((row) => !chosen.includes(row)));
  return chosen;
}

/**
 * Refuses to work beside a half-reverted migration.
 * @throws SluiceError SL4110 (exit 4).
 */
export function checkReverting(rows: readonly HistoryRow[]): void {
  const row = rows.find((one) => one.reverting !== undefined);
  if (row?.reverting === undefined) return;
  const lower = rows.filter((one) => one.state === "applied" && compareVersions(one.id, row.id) < 0);
  const below =
    lower
      .map((one) => one.id)
      .sort(compareVersions)
      .at(-1) ?? "0";
  throw new SluiceError("SL4110", {
    params: { version: row.id, ...row.reverting, below },
    ...(row.error !== undefined && { notes: [`the last try failed: ${row.error.split("\n")[0]}`] }),
    migration: row.id,
  });
}

/** Version of the baseline, if there is one. */
export function baselineOf(history: History): string | undefined {
  const versions = history.rows.filter((row) => row.kind === "baseline").map((row) => row.id);
  return versions.sort(compareVersions).at(-1);
}

function lastSteps(
  present: readonly HistoryRow[],
  steps: number,
  baseline: string | undefined,
): HistoryRow[] {
  if (steps <= present.length) return present.slice(0, steps);
  throw new SluiceError("SL4106", {
    params: { steps, applied: present.length, floor: baseline ?? "0" },
  });
}

function above(
  present: readonly HistoryRow[],
  to: string,
  files: readonly Migration[],
  history: History,
  baseline: string | undefined,
): HistoryRow[] {
  if (baseline !== undefined && compareVersions(to, baseline) < 0)
    throw new SluiceError("SL4104", { params: { baseline } });
  const known = [...files.map((file) => file.version), ...history.rows.map((row) => row.id)];
  if (to !== "0" && !known.includes(to)) throw new SluiceError("SL4102", { params: { to } });
  return present.filter((row) => compareVersions(row.id, to) > 0);
}

function halfApplied(row: HistoryRow): SluiceError {
  return new SluiceError("SL4105", {
    params: { version: row.id, done: row.statementsDone, total: row.statementsTotal },
    migration: row.id,
  });
}

/**
 * Gives each migration its down part: that of its file, or that of the history where no file has one.
 * @param stored down parts of the history, by version.
 * @throws SluiceError SL4103 (exit 5) where one of them has none.
 */
export function withDownParts(
  rows: readonly HistoryRow[],
  files: readonly Migration[],
  stored: ReadonlyMap<string, StoredDown>,
): Reversal[] {
  const byVersion = new Map(files.map((file) => [file.version, file]));
  return rows.map((row) => {
    const file = byVersion.get(row.id);
    const kept = stored.get(row.id);
    const changed = file !== undefined && row.checksum !== undefined && row.checksum !== file.checksum;
    if (file?.down !== undefined && (!changed || kept === undefined))
      return { row, migration: file, from: "file", changed };
    if (kept !== undefined) return { row, migration: fromHistory(row, kept), from: "history", changed };
    throw new SluiceError("SL4103", {
      params: { version: row.id, name: row.name },
      ...(file !== undefined && { place: { file: file.file } }),
      migration: row.id,
    });
  });
}

function fromHistory(row: HistoryRow, { text, transaction }: StoredDown): Migration {
  return {
    version: row.id,
    name: row.name,
    file: `the down part of ${row.id}_${row.name} in the history`,
    checksum: row.checksum ?? "",
    up: "",
    upLine: 1,
    down: text,
    downLine: 1,
    directives: {
      phase: row.phase,
      transaction,
      lockTimeout: undefined,
      statementTimeout: undefined,
      breaking: row.breaking,
      outOfOrder: false,
      requires: [],
    },
  };
}
