import type { History, HistoryRow } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import { untouchedLine } from "../migrations/create.ts";
import type { Migration, Phase } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import { checkReverting } from "./reversal.ts";

export interface PlanOptions {
  /** Only migrations of this phase; all where undefined. */
  phase?: Phase | undefined;
  /** Up to and including this version (canonical). */
  to?: string | undefined;
}

export interface Plan {
  /** What is to run, in order. */
  pending: Migration[];
  /** Applied versions that no file of the directory names: the database is ahead of the files. */
  ahead: HistoryRow[];
  /** Files that are applied already. */
  applied: number;
}

/**
 * Decides what a run does, from the files and the history alone. Nothing has been changed when it throws.
 * @throws SluiceError exit 5 for a conflict between files and history, exit 2 for an impossible `to`.
 */
export function decide(files: readonly Migration[], history: History, options: PlanOptions = {}): Plan {
  const rows = new Map(history.rows.filter((row) => row.kind === "migration").map((row) => [row.id, row]));
  const baseline = highest(history.rows.filter((row) => row.kind === "baseline").map((row) => row.id));
  const isApplied = (version: string) =>
    rows.get(version)?.state === "applied" || isCovered(version, baseline);

  for (const file of files) checkChecksum(file, rows.get(file.version));
  const known = new Set(files.map((file) => file.version));
  const ahead = [...rows.values()].filter(
    (row) => row.state === "applied" && !known.has(row.id) && !isCovered(row.id, baseline),
  );
  checkBreaking(ahead);
  if (options.to !== undefined) checkTarget(options.to, files, [...rows.values()], isApplied);

  const open = files.filter((file) => !isApplied(file.version));
  const pending = open
    .filter((file) => options.to === undefined || compareVersions(file.version, options.to) <= 0)
    .filter((file) => options.phase === undefined || file.directives.phase === options.phase)
    .sort((a, b) => compareVersions(a.version, b.version));
  if (pending.length > 0) checkReverting([...rows.values()]);
  const tops = highestApplied(rows.values());
  for (const file of pending) {
    checkWritten(file);
    checkOrder(file, rows.get(file.version), tops[file.directives.phase]);
    checkRequires(file, files, pending, isApplied);
    checkPhases(file, open, pending);
  }
  return { pending, ahead, applied: files.length - open.length };
}

function isCovered(version: string, baseline: string | undefined): boolean {
  return baseline !== undefined && compareVersions(version, baseline) <= 0;
}

function highest(versions: string[]): string | undefined {
  return versions.sort(compareVersions).at(-1);
}

/** Of each phase, the highest version that is applied. */
function highestApplied(rows: Iterable<HistoryRow>): Record<Phase, string | undefined> {
  const tops: Record<Phase, string | undefined> = { expand: undefined, contract: undefined };
  for (const { state, phase, id } of rows) {
    const top = tops[phase];
    if (state === "applied" && (top === undefined || compareVersions(id, top) > 0)) tops[phase] = id;
  }
  return tops;
}

function checkChecksum(file: Migration, row: HistoryRow | undefined): void {
  if (row?.state !== "applied" || row.checksum === undefined || row.checksum === file.checksum) return;
  throw new SluiceError("SL4010", {
    params: { version: file.version, file: file.file },
    place: { file: file.file },
    notes: [`applied: ${row.checksum}${date(row)}`, `file:    ${file.checksum}`],
    migration: file.version,
  });
}

function date(row: HistoryRow): string {
  return row.finishedAt === undefined ? "" : ` on ${row.finishedAt.toISOString()}`;
}

function checkBreaking(ahead: readonly HistoryRow[]): void {
  const row = ahead.find((one) => one.breaking);
  if (row === undefined) return;
  throw new SluiceError("SL4013", {
    params: { version: row.id, name: row.name },
    ...(row.release !== undefined && { notes: [`applied by release ${row.release}`] }),
    migration: row.id,
  });
}

function checkTarget(
  to: string,
  files: readonly Migration[],
  rows: readonly HistoryRow[],
  isApplied: (version: string) => boolean,
): void {
  const above = rows.filter((row) => row.state === "applied" && compareVersions(row.id, to) > 0);
  if (above.length > 0) {
    const top = highest(above.map((row) => row.id)) ?? "";
    throw new SluiceError("SL4014", { params: { to, top } });
  }
  if (!files.some((file) => file.version === to) && !isApplied(to)) {
    const last = highest(files.map((file) => file.version));
    throw new SluiceError("SL4015", { params: { to, last: last ?? "none" } });
  }
}

/** A migration that has begun was in order when it did. */
function checkOrder(file: Migration, row: HistoryRow | undefined, top: string | undefined): void {
  if (file.directives.outOfOrder || row?.state === "running" || (row?.statementsDone ?? 0) > 0) return;
  if (top === undefined || compareVersions(top, file.version) <= 0) return;
  throw new SluiceError("SL4011", {
    params: { version: file.version, phase: file.directives.phase, top },
    place: { file: file.file },
    migration: file.version,
  });
}

function checkRequires(
  file: Migration,
  files: readonly Migration[],
  pending: readonly Migration[],
  isApplied: (version: string) => boolean,
): void {
  for (const version of file.directives.requires) {
    if (isApplied(version)) continue;
    const earlier = pending.slice(0, pending.indexOf(file));
    if (earlier.some((one) => one.version === version)) continue;
    const hint = hintForRequired(file.version, version, files);
    throw new SluiceError("SL4017", {
      params: { version: file.version, required: version },
      ...(hint !== undefined && { hint }),
      place: { file: file.file },
      migration: file.version,
    });
  }
}

/** What helps where it is not a matter of running the other one first. */
function hintForRequired(version: string, required: string, files: readonly Migration[]): string | undefined {
  if (!files.some((file) => file.version === required))
    return `There is no file with the version ${required}: correct \`requires=${required}\`, or name its directory with --dir too.`;
  if (compareVersions(required, version) > 0)
    return `Files run in the order of their versions, so ${required} comes after ${version}: give the file a version above ${required}, or correct \`requires=${required}\`.`;
  return undefined;
}

/** Recorded as it is, the file would be bound by its checksum before anything was written into it. */
function checkWritten(file: Migration): void {
  const line = untouchedLine(file);
  if (line === undefined) return;
  throw new SluiceError("SL4006", {
    params: { version: file.version },
    place: { file: file.file, line },
    migration: file.version,
  });
}

/** A contract migration takes away what a lower expand migration may still have to read. */
function checkPhases(file: Migration, open: readonly Migration[], pending: readonly Migration[]): void {
  if (file.directives.phase !== "contract") return;
  const lower = open.find(
    (one) =>
      one.directives.phase === "expand" &&
      compareVersions(one.version, file.version) < 0 &&
      !pending.includes(one),
  );
  if (lower === undefined) return;
  throw new SluiceError("SL4016", {
    params: { version: file.version, lower: lower.version },
    place: { file: file.file },
    migration: file.version,
  });
}
