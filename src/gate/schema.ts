import type { Database, History, HistoryRow } from "../databases/database.ts";
import type { Migration } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import type { Condition, Verdict } from "./condition.ts";
import { historyCondition } from "./history.ts";
import type { Required } from "./required.ts";

/**
 * Opens when each required version is applied with the same checksum. Missing information never opens it.
 * @param files what the pod knows; an applied version beyond them is fine unless it is breaking.
 */
export function schemaCondition(
  database: Database,
  required: readonly Required[],
  files: readonly Migration[],
): Condition {
  return historyCondition("schema", database, (history) => judge(history, required, files));
}

/** The rule of the gate, apart from where the history comes from. */
export function judge(history: History, required: readonly Required[], files: readonly Migration[]): Verdict {
  if (!history.exists)
    return { open: false, reason: "the database has no history yet: no migration has run" };
  const rows = new Map(history.rows.filter((row) => row.kind === "migration").map((row) => [row.id, row]));
  const baselines = history.rows.filter((row) => row.kind === "baseline").map((row) => row.id);
  const isCovered = (version: string) => baselines.some((id) => compareVersions(version, id) <= 0);

  const breaking = unknownBreaking(rows, required, files, isCovered);
  if (breaking !== undefined) {
    const reason = `the database is past migration ${label(breaking)}, which is breaking and unknown here`;
    return { open: false, reason, failed: 5 };
  }
  const missing = required.filter(
    (one) => rows.get(one.version)?.state !== "applied" && !isCovered(one.version),
  );
  const changed = required.find((one) => differs(rows.get(one.version), one));
  if (changed !== undefined) {
    const reason = `migration ${label({ id: changed.version, name: changed.name })} was applied from a different text (checksum)`;
    return { open: false, reason, failed: 5 };
  }
  if (missing.length === 0) return { open: true };
  return explain(missing, rows, required.length);
}

function differs(row: HistoryRow | undefined, required: Required): boolean {
  // A row without a checksum does not say what was applied.
  return row?.state === "applied" && required.checksum !== undefined && row.checksum !== required.checksum;
}

function unknownBreaking(
  rows: ReadonlyMap<string, HistoryRow>,
  required: readonly Required[],
  files: readonly Migration[],
  isCovered: (version: string) => boolean,
): HistoryRow | undefined {
  const known = new Set([...files, ...required].map((one) => one.version));
  // Without files nothing says which older versions the pod knows: only what is above all that it names is ahead.
  const isOlder = (version: string) =>
    files.length === 0 && required.some((one) => compareVersions(version, one.version) < 0);
  return [...rows.values()].find(
    (row) =>
      row.breaking && row.state === "applied" && !known.has(row.id) && !isOlder(row.id) && !isCovered(row.id),
  );
}

function explain(
  missing: readonly Required[],
  rows: ReadonlyMap<string, HistoryRow>,
  total: number,
): Verdict {
  const reverting = missing.map((one) => rows.get(one.version)).find((row) => row?.reverting !== undefined);
  if (reverting?.reverting !== undefined) {
    const { done, total: all } = reverting.reverting;
    const reason = `migration ${label(reverting)} is being reverted: ${done} of ${all} statements of its down part`;
    return { open: false, reason, ...(reverting.state === "failed" && { failed: 3 }) };
  }
  const progress = `${total - missing.length} of ${total} required migrations are applied`;
  const failed = missing.map((one) => rows.get(one.version)).find((row) => row?.state === "failed");
  if (failed !== undefined) {
    const error = failed.error?.split("\n")[0] ?? "no reason recorded";
    const half =
      failed.statementsDone > 0
        ? ` after ${failed.statementsDone} of ${failed.statementsTotal} statements`
        : "";
    return { open: false, reason: `migration ${label(failed)} failed${half}: ${error}`, failed: 3 };
  }
  const running = missing.map((one) => rows.get(one.version)).find((row) => row?.state === "running");
  if (running !== undefined) {
    const { statementsDone: done, statementsTotal: all } = running;
    return {
      open: false,
      reason: `migration ${label(running)} is half applied: ${done} of ${all} statements; ${progress}`,
    };
  }
  const next = missing[0] as Required;
  return {
    open: false,
    reason: `migration ${label({ id: next.version, name: next.name })} is not applied; ${progress}`,
  };
}

function label(row: { id: string; name?: string | undefined }): string {
  return row.name ? `${row.id} ${row.name}` : row.id;
}
