import type { Database, History, HistoryPlace } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import type { ConnectOptions } from "./connect.ts";
import { acquireLock, type LockOptions } from "./lock.ts";
import { reconnecting } from "./reconnect.ts";
import { isHalfApplied } from "./resume.ts";
import { baselineOf } from "./reversal.ts";

export interface BaselineOptions extends ConnectOptions, LockOptions {
  /** Where the history is, for messages. */
  place: HistoryPlace;
  /** Roles that may read the history. */
  readers: readonly string[];
}

export interface BaselineResult {
  /** False where this baseline was there already. */
  recorded: boolean;
  /** Files that it covers and that were not applied before. */
  covered: Migration[];
}

/**
 * Records that everything up to and including a version counts as applied, without running it.
 * @throws SluiceError SL4130 and SL4131 (exit 5), SL4132 (exit 4); nothing has been changed then.
 */
export async function baseline(
  database: Database,
  files: readonly Migration[],
  version: string,
  options: BaselineOptions,
): Promise<BaselineResult> {
  return reconnecting(database, options, async (connection) => {
    const history = await connection.history();
    const covered = coveredFiles(files, history, version);
    const isThere = async (fresh: History) => checkBaseline(fresh, version, options.place);
    if (await isThere(history)) return { recorded: false, covered };
    const idle = async () => isThere(await connection.history());
    if (!(await acquireLock(connection, idle, options))) return { recorded: false, covered };
    await connection.prepare(options.readers);
    if (await idle()) return { recorded: false, covered };
    const name = files.find((file) => file.version === version)?.name ?? "baseline";
    await connection.amend({ type: "baseline", version, name });
    return { recorded: true, covered };
  });
}

/** @returns whether the baseline is there already. */
function checkBaseline(history: History, version: string, place: HistoryPlace): boolean {
  const present = baselineOf(history);
  if (present === version) return true;
  if (present !== undefined) {
    const table = `${place.schema}.${place.table}`;
    throw new SluiceError("SL4131", { params: { present, version, table } });
  }
  const rows = history.rows.filter((row) => row.kind === "migration");
  const half = rows.find((row) => isHalfApplied(row));
  if (half !== undefined) {
    const what = half.reverting === undefined ? "applied" : "reverted";
    throw new SluiceError("SL4132", { params: { version: half.id, what }, migration: half.id });
  }
  const applied = rows.filter((row) => row.state === "applied").map((row) => row.id);
  const top = applied.sort(compareVersions).at(-1);
  if (top !== undefined && compareVersions(top, version) > 0)
    throw new SluiceError("SL4130", { params: { top, version }, migration: top });
  return false;
}

function coveredFiles(files: readonly Migration[], history: History, version: string): Migration[] {
  const applied = new Set(
    history.rows.filter((row) => row.kind === "migration" && row.state === "applied").map((row) => row.id),
  );
  return files.filter((file) => compareVersions(file.version, version) <= 0 && !applied.has(file.version));
}
