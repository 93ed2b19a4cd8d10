import type { History, HistoryRow, State } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import { isHalfApplied } from "./resume.ts";
import { baselineOf } from "./reversal.ts";

/** What a row says, as a repair shows it. */
export interface RowState {
  state: State | "pending";
  checksum: string | undefined;
  /** Of the up part, or of the down part of a half-reverted file. */
  done: number;
  total: number;
  reverting: boolean;
  statement: string | undefined;
}

/** What a repair does to one row. */
export interface RowRepair {
  action: "accept" | "apply" | "unrevert" | "forget" | "statement-done" | "statement-undone";
  version: string;
  name: string;
  needed: boolean;
  /** Undefined where there is no row. */
  before: RowState | undefined;
  after: RowState;
  /** One sentence about what it means. */
  meaning: string;
}

/**
 * Decides what a repair does, from one row and its file alone.
 * @throws SluiceError SL4141 and SL4142 (exit 2), SL4145 (exit 5).
 */
export function planRepair(
  what: "checksum" | "applied" | "pending",
  version: string,
  file: Migration | undefined,
  history: History,
): RowRepair {
  const row = history.rows.find((one) => one.kind === "migration" && one.id === version);
  if (row === undefined && file === undefined) throw new SluiceError("SL4141", { params: { version } });
  const name = file?.name ?? row?.name ?? "";
  const before = row && stateOf(row);
  const base = { version, name, before };
  if (what === "checksum") return { ...base, ...checksum(version, row, file) };
  if (row?.statement !== undefined) return { ...base, ...statement(what === "applied", row) };
  return { ...base, ...(what === "applied" ? applied(row, file) : pending(version, row, file, history)) };
}

type Decision = Omit<RowRepair, "version" | "name" | "before">;

function checksum(version: string, row: HistoryRow | undefined, file: Migration | undefined): Decision {
  const fail = (reason: string): never => {
    throw new SluiceError("SL4142", { params: { version, reason }, migration: version });
  };
  if (row === undefined || row.state !== "applied") return fail("it is not applied");
  if (file === undefined) return fail("no file has it");
  return {
    action: "accept",
    needed: row.checksum !== file.checksum,
    after: { ...stateOf(row), checksum: file.checksum },
    meaning: "the present text of the file counts as what was applied; nothing is run",
  };
}

function statement(tookEffect: boolean, row: HistoryRow): Decision {
  const before = stateOf(row);
  const part = before.reverting ? "down part" : "file";
  const command = before.reverting ? "sluice down" : "sluice migrate";
  return {
    action: tookEffect ? "statement-done" : "statement-undone",
    needed: true,
    after: { ...before, done: before.done + (tookEffect ? 1 : 0), statement: undefined },
    meaning: tookEffect
      ? `the statement in flight counts as done; \`${command}\` goes on behind it in the ${part}`
      : `the statement in flight did not take effect; \`${command}\` runs it again`,
  };
}

function applied(row: HistoryRow | undefined, file: Migration | undefined): Decision {
  const total = row?.statementsTotal ?? 0;
  if (row?.reverting !== undefined || file === undefined) {
    return {
      action: "unrevert",
      needed: row?.state !== "applied",
      after: { ...blank("applied", row?.checksum), done: total, total },
      meaning: "counts as applied as it was; nothing is run",
    };
  }
  return {
    action: "apply",
    needed: row?.state !== "applied",
    after: { ...blank("applied", file.checksum), done: total, total },
    meaning: "counts as applied from the present text of its file; nothing of it is run",
  };
}

function pending(
  version: string,
  row: HistoryRow | undefined,
  file: Migration | undefined,
  history: History,
): Decision {
  const baseline = baselineOf(history);
  if (baseline !== undefined && compareVersions(version, baseline) <= 0)
    throw new SluiceError("SL4145", { params: { version, baseline }, migration: version });
  const untouched =
    row === undefined || row.state === "reverted" || !(isHalfApplied(row) || row.state === "applied");
  return {
    action: "forget",
    needed: !untouched,
    after: blank("pending", undefined),
    meaning:
      file === undefined
        ? "counts as not applied; no file has it, so nothing will run it"
        : "counts as not applied; `sluice migrate` runs it from its beginning",
  };
}

function stateOf(row: HistoryRow): RowState {
  const { reverting } = row;
  return {
    state: row.state,
    checksum: row.checksum,
    done: reverting?.done ?? row.statementsDone,
    total: reverting?.total ?? row.statementsTotal,
    reverting: reverting !== undefined,
    statement: row.statement,
  };
}

function blank(state: RowState["state"], sum: string | undefined): RowState {
  return { state, checksum: sum, done: 0, total: 0, reverting: false, statement: undefined };
}
