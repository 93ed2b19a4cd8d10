import type { Database, HistoryRow } from "../databases/database.ts";
import type { Migration, Phase } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import { type ConnectOptions, connect } from "./connect.ts";

export type StatusState = "pending" | "applied" | "running" | "failed" | "baseline";

export interface MigrationStatus {
  version: string;
  name: string;
  phase: Phase;
  state: StatusState;
  /** Of the file; of the history where there is no file. */
  checksum: string | undefined;
  appliedAt: Date | undefined;
  /** Applied, but no file of the directory has it. */
  ahead: boolean;
  /** Applied from another text than the file holds now. */
  changed: boolean;
  error: string | undefined;
  /** "2 of 5" statements of a half-applied file, or of the down part of a half-reverted one. */
  progress: { done: number; total: number } | undefined;
  /** Its down part has begun and not ended. */
  reverting: boolean;
}

export interface Status {
  migrations: MigrationStatus[];
  /** Files that are not applied. */
  pending: number;
  /** Of these, how many were tried and failed. */
  failed: number;
  /** Versions that were applied from another text than their file holds now: `migrate` refuses to run. */
  changed: string[];
}

/** Files and history side by side, in the order of the versions. Changes nothing and takes no lock. */
export async function readStatus(
  database: Database,
  files: readonly Migration[],
  options: ConnectOptions,
): Promise<Status> {
  const connection = await connect(database, options);
  try {
    return statusOf(files, (await connection.history()).rows);
  } finally {
    await connection.close();
  }
}

export function statusOf(files: readonly Migration[], history: readonly HistoryRow[]): Status {
  const rows = new Map(history.filter((row) => row.kind === "migration").map((row) => [row.id, row]));
  const baselines = history.filter((row) => row.kind === "baseline").map((row) => row.id);
  const known = new Set(files.map((file) => file.version));
  const migrations = [
    ...files.map((file) => ofFile(file, rows.get(file.version), baselines)),
    ...[...rows.values()].filter((row) => !known.has(row.id) && row.state !== "reverted").map(ofRow),
  ].sort((a, b) => compareVersions(a.version, b.version));
  const open = (one: MigrationStatus) => !one.ahead && one.state !== "applied" && one.state !== "baseline";
  const pending = migrations.filter(open);
  return {
    migrations,
    pending: pending.length,
    failed: pending.filter((one) => one.state === "failed").length,
    changed: migrations.filter((one) => one.changed).map((one) => one.version),
  };
}

function ofFile(file: Migration, row: HistoryRow | undefined, baselines: readonly string[]): MigrationStatus {
  const covered = baselines.some((id) => compareVersions(file.version, id) <= 0);
  const state =
    row === undefined || row.state === "reverted" ? (covered ? "baseline" : "pending") : row.state;
  return {
    version: file.version,
    name: file.name,
    phase: file.directives.phase,
    state,
    checksum: file.checksum,
    appliedAt: state === "applied" ? row?.finishedAt : undefined,
    ahead: false,
    changed: state === "applied" && row?.checksum !== undefined && row.checksum !== file.checksum,
    error: state === "failed" ? row?.error : undefined,
    progress: row && ["running", "failed"].includes(state) ? progressOf(row) : undefined,
    reverting: row?.reverting !== undefined,
  };
}

function ofRow(row: HistoryRow): MigrationStatus {
  return {
    version: row.id,
    name: row.name,
    phase: row.phase,
    state: row.state === "reverted" ? "pending" : row.state,
    checksum: row.checksum,
    appliedAt: row.state === "applied" ? row.finishedAt : undefined,
    ahead: true,
    changed: false,
    error: row.error,
    progress: row.state === "applied" ? undefined : progressOf(row),
    reverting: row.reverting !== undefined,
  };
}

function progressOf(row: HistoryRow): { done: number; total: number } {
  return row.reverting ?? { done: row.statementsDone, total: row.statementsTotal };
}
