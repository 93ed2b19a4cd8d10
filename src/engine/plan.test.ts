import { describe, expect, test } from "bun:test";
import type { History, HistoryRow } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import { newMigrationText } from "../migrations/create.ts";
import type { Directives, Migration } from "../migrations/migration.ts";
import { decide, type PlanOptions } from "./plan.ts";

const file = (version: string, directives: Partial<Directives> = {}): Migration => ({
  version,
  name: "x",
  file: `m/${version}_x.sql`,
  checksum: `sum${version}`,
  up: "",
  upLine: 1,
  down: undefined,
  directives: {
    phase: "expand",
    transaction: true,
    lockTimeout: undefined,
    statementTimeout: undefined,
    breaking: false,
    outOfOrder: false,
    requires: [],
    ...directives,
  },
});

const row = (id: string, more: Partial<HistoryRow> = {}): HistoryRow => ({
  kind: "migration",
  id,
  name: "x",
  checksum: `sum${id}`,
  phase: "expand",
  breaking: false,
  state: "applied",
  statementsDone: 1,
  statementsTotal: 1,
  statement: undefined,
  error: undefined,
  startedAt: undefined,
  finishedAt: new Date("2026-01-02T03:04:05Z"),
  release: undefined,
  ...more,
});

const contract = { phase: "contract" } as const;
const history = (...rows: HistoryRow[]): History => ({ exists: true, rows });

function pending(files: Migration[], past: History, options: PlanOptions = {}): string {
  return decide(files, past, options)
    .pending.map((one) => one.version)
    .join(" ");
}

function refusal(files: Migration[], past: History, options: PlanOptions = {}): SluiceError {
  try {
    decide(files, past, options);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("what is pending", () => {
  test("files without an applied row, by number", () => {
    const files = [file("10"), file("9"), file("100000000000000000000000000000"), file("1")];
    expect(pending(files, { exists: false, rows: [] })).toBe("1 9 10 100000000000000000000000000000");
    expect(pending(files, history(row("1"), row("9")))).toBe("10 100000000000000000000000000000");
  });

  test("a failed, half-applied or reverted one, but no run of the same id", () => {
    const past = history(
      row("1", { state: "failed" }),
      row("2", { state: "running" }),
      row("3", { state: "reverted" }),
      row("4", { kind: "run" }),
    );
    expect(pending([file("1"), file("2"), file("3"), file("4")], past)).toBe("1 2 3 4");
  });

  test("nothing that a baseline covers", () => {
    const past = history(row("20", { kind: "baseline" }), row("3", { kind: "baseline" }), row("7"));
    const plan = decide([file("9"), file("20"), file("21")], past);
    expect(plan.pending.map((one) => one.version)).toEqual(["21"]);
    expect(plan.applied).toBe(2);
    expect(plan.ahead).toEqual([]);
  });

  test("up to --to, of one phase", () => {
    const files = [file("1"), file("2", contract), file("3"), file("4", contract)];
    const empty = history();
    expect(pending(files, empty, { to: "3" })).toBe("1 2 3");
    expect(pending(files, empty, { phase: "expand" })).toBe("1 3");
    expect(pending(files, empty, { phase: "expand", to: "2" })).toBe("1");
    expect(pending(files, history(row("1")), { phase: "contract", to: "2" })).toBe("2");
  });

  test("the inputs stay as they are", () => {
    const files = [file("2"), file("1")];
    decide(files, history());
    expect(files.map((one) => one.version)).toEqual(["2", "1"]);
  });
});

describe("what is refused", () => {
  test("a changed file, also where it is not part of the run", () => {
    const error = refusal([file("1"), file("2")], history(row("1", { checksum: "other" })), { to: "2" });
    expect([error.code, error.exit, error.migration, error.place]).toEqual([
      "SL4010",
      5,
      "1",
      { file: "m/1_x.sql" },
    ]);
    expect(error.notes).toEqual(["applied: other on 2026-01-02T03:04:05.000Z", "file:    sum1"]);
    // Only what is applied is bound by its sum; adopted rows may have none.
    expect(pending([file("1")], history(row("1", { checksum: "other", state: "failed" })))).toBe("1");
    expect(pending([file("1")], history(row("1", { checksum: undefined })))).toBe("");
  });

  test("a version below an applied one of the same phase", () => {
    const past = history(row("1"), row("9"), row("10", { phase: "contract" }));
    const error = refusal([file("2"), file("9")], past);
    expect([error.code, error.exit]).toEqual(["SL4011", 5]);
    expect(error.message).toContain("but 9 of the same phase (expand) is");
    expect(pending([file("2", { outOfOrder: true })], past)).toBe("2");
    expect(pending([file("9", contract), file("11")], history(row("8")))).toBe("9 11");
    expect(refusal([file("8", contract)], past).code).toBe("SL4011");
    // Begun in order, overtaken since: it must be finished.
    expect(pending([file("2")], history(row("9"), row("2", { state: "running" })))).toBe("2");
    const failed = row("2", { state: "failed", statementsDone: 0 });
    expect(refusal([file("2")], history(row("9"), failed)).code).toBe("SL4011");
  });

  test("a contract migration with a lower expand that stays behind", () => {
    const files = [file("1"), file("2", contract), file("3")];
    const error = refusal(files, history(), { phase: "contract" });
    expect([error.code, error.exit, error.migration]).toEqual(["SL4016", 5, "2"]);
    expect(pending(files, history(row("1")), { phase: "contract" })).toBe("2");
    expect(pending(files, history())).toBe("1 2 3");
  });

  test("a requirement that neither is applied nor runs before", () => {
    const files = [file("1", contract), file("2", { requires: ["1"] })];
    expect(refusal(files, history(), { phase: "expand" }).code).toBe("SL4017");
    expect(pending(files, history())).toBe("1 2");
    expect(pending(files, history(row("1", contract)), { phase: "expand" })).toBe("2");
    expect(refusal([file("1", { requires: ["2"] }), file("2")], history()).code).toBe("SL4017");
    expect(refusal([file("1", { requires: ["1"] })], history()).code).toBe("SL4017");
  });

  test("a requirement: the next step fits what is missing", () => {
    const hint = (...args: Parameters<typeof refusal>) => refusal(...args).hint;
    const forward = [file("1", { requires: ["2"] }), file("2")];
    expect(hint(forward, history())).toContain("2 comes after 1: give the file a version above 2");
    const absent = [file("3", { requires: ["2"] })];
    expect(hint(absent, history())).toContain("There is no file with the version 2");
    const phase = [file("1", contract), file("2", { requires: ["1"] })];
    expect(hint(phase, history(), { phase: "expand" })).toContain("Run 1 first");
  });

  test("a file that is still as `sluice new` made it, where it would run", () => {
    const made = { ...file("2"), up: newMigrationText("expand").split("-- sluice:down")[0] ?? "" };
    const error = refusal([file("1"), made], history());
    expect([error.code, error.exit, error.place]).toEqual(["SL4006", 2, { file: "m/2_x.sql", line: 1 }]);
    expect(pending([file("1"), made], history(), { to: "1" })).toBe("1");
    expect(pending([made], history(row("2")))).toBe("");
  });

  test("--to below what is applied, or nowhere", () => {
    const files = [file("1"), file("3")];
    const below = refusal(files, history(row("1"), row("3")), { to: "1" });
    expect([below.code, below.exit]).toEqual(["SL4014", 2]);
    expect(below.hint).toContain("sluice down --to 1");
    expect(refusal(files, history(row("1"), row("4")), { to: "3" }).code).toBe("SL4014");
    expect(refusal(files, history(), { to: "2" }).code).toBe("SL4015");
    expect(pending(files, history(row("1"), row("2")), { to: "2" })).toBe("");
    expect(pending(files, history(row("1"), row("3", { state: "reverted" })), { to: "1" })).toBe("");
  });

  test("a breaking migration that no file knows", () => {
    const error = refusal([file("1")], history(row("1"), row("2", { breaking: true, release: "r9" })));
    expect([error.code, error.exit, error.migration]).toEqual(["SL4013", 5, "2"]);
    expect(error.notes).toEqual(["applied by release r9"]);
    const plan = decide([file("1")], history(row("1"), row("2"), row("3", { state: "failed" })));
    expect(plan.ahead.map((one) => one.id)).toEqual(["2"]);
    expect(decide([file("2", { breaking: true })], history(row("2", { breaking: true }))).ahead).toEqual([]);
  });
});
