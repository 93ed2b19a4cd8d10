import type { Database, History, HistoryRow } from "../databases/database.ts";
import { checkRunId } from "../databases/run-id.ts";
import type { Condition, Verdict } from "./condition.ts";
import { historyCondition } from "./history.ts";

/**
 * Opens when the run of this ID is recorded as done. Missing information never opens it.
 * @param id compared exactly.
 * @throws SluiceError SL4203 (exit 2) for what cannot be an ID.
 */
export function runCondition(database: Database, id: string): Condition {
  checkRunId(id);
  return historyCondition(`run/${id}`, database, (history) => judgeRun(history, id));
}

/** The rule of the gate, apart from where the history comes from. */
export function judgeRun(history: History, id: string): Verdict {
  if (!history.exists) return { open: false, reason: "the database has no history yet: nothing has run" };
  const runs = history.rows.filter((row) => row.kind === "run");
  const row = runs.find((one) => one.id === id);
  switch (row?.state) {
    case "applied":
      return { open: true };
    case "failed":
      return { open: false, reason: `the run failed: ${row.name} ${row.error ?? ""}`.trimEnd(), failed: 3 };
    case "running":
      return { open: false, reason: running(row) };
    default:
      return { open: false, reason: `the run has not started${other(runs)}` };
  }
}

function running(row: HistoryRow): string {
  // A crash leaves no error behind: then it cannot be told from a run that is at work.
  if (row.error !== undefined)
    return `the last try did not finish and has to be repeated: ${row.name} ${row.error}`;
  const since = row.startedAt === undefined ? "" : ` since ${row.startedAt.toISOString()}`;
  return `the run has not finished${since}: ${row.name}`;
}

/** Helps against a misspelt ID. */
function other(runs: readonly HistoryRow[]): string {
  const [last] = [...runs].sort((a, b) => Number(b.startedAt ?? 0) - Number(a.startedAt ?? 0));
  return last === undefined ? "" : `; the last run is ${last.id} (${last.state})`;
}
