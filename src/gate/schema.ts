import { type Database, type History, type HistoryRow, Migrating } from "../databases/database.ts";
import type { Migration } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import type { Condition, Verdict } from "./condition.ts";
import type { Required } from "./required.ts";

/** Between two reads, in milliseconds, plus or minus 20 %. */
const INTERVAL = 5000;

/**
 * Opens when each required version is applied with the same checksum. Missing information never opens it.
 * @param files what the pod knows; an applied version beyond them is fine unless it is breaking.
 */
export function schemaCondition(
  database: Database,
  required: readonly Required[],
  files: readonly Migration[],
): Condition {
  return {
    target: "schema",
    async watch(report, signal) {
      const reader = database.reader();
      let trouble = 0;
      try {
        while (!signal.aborted) {
          const verdict = await look();
          if (signal.aborted) return;
          report(verdict);
          const interval = trouble > 0 ? Math.min(INTERVAL, 500 * 2 ** trouble) : INTERVAL;
          await reader.pause(interval * (0.8 + Math.random() * 0.4), signal);
        }
      } finally {
        await reader.close();
      }

      async function look(): Promise<Verdict> {
        try {
          const verdict = judge(await reader.read(), required, files);
          trouble = 0;
          return verdict;
        } catch (error) {
          trouble++;
          return { open: false, reason: reasonOf(error, database.target) };
        }
      }
    },
  };
}

function reasonOf(error: unknown, target: string): string {
  if (error instanceof Migrating) return `migrating: ${error.message}`;
  return error instanceof Error && error.name === "SluiceError"
    ? error.message
    : `${target} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
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
  if (row?.state !== "applied" || row.checksum === undefined || required.checksum === undefined) return false;
  return row.checksum !== required.checksum;
}

function unknownBreaking(
  rows: ReadonlyMap<string, HistoryRow>,
  required: readonly Required[],
  files: readonly Migration[],
  isCovered: (version: string) => boolean,
): HistoryRow | undefined {
  const known = new Set([...files, ...required].map((one) => one.version));
  return [...rows.values()].find(
    (row) => row.breaking && row.state === "applied" && !known.has(row.id) && !isCovered(row.id),
  );
}

function explain(
  missing: readonly Required[],
  rows: ReadonlyMap<string, HistoryRow>,
  total: number,
): Verdict {
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
