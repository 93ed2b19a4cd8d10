import { describe, expect, test } from "bun:test";
import { migration, row } from "../../test/support/rows.ts";
import type { HistoryRow } from "../databases/database.ts";
import type { Migration } from "../migrations/migration.ts";
import { requiredVersions } from "./required.ts";
import { judge } from "./schema.ts";

function verdict(files: Migration[], rows: HistoryRow[], require: string[] = []) {
  return judge({ exists: true, rows }, requiredVersions(files, require), files);
}

const open = { open: true } as const;
const files = [migration("1"), migration("2"), migration("3", { phase: "contract" })];

describe("the gate opens", () => {
  test.each<[string, HistoryRow[]]>([
    ["with every expand migration applied", [row("1"), row("2")]],
    ["with more than that", [row("1"), row("2"), row("3", { phase: "contract" })]],
    ["ahead of the files", [row("1"), row("2"), row("4")]],
    ["with a breaking migration that the files have", [row("1", { breaking: true }), row("2")]],
    ["with a baseline", [row("1", { kind: "baseline" }), row("2")]],
    ["above a baseline only", [row("2", { kind: "baseline" })]],
    [
      "with an unknown breaking one that failed",
      [row("1"), row("2"), row("4", { breaking: true, state: "failed" })],
    ],
    [
      "with an unknown breaking one taken back",
      [row("1"), row("2"), row("4", { breaking: true, state: "reverted" })],
    ],
    ["with a contract migration of another text", [row("1"), row("2"), row("3", { checksum: "other" })]],
    ["with a failed one that nobody asks for", [row("1"), row("2"), row("3", { state: "failed" })]],
  ])("%s", (_, rows) => {
    expect(verdict(files, rows)).toEqual(open);
  });

  test("not where the history does not say what was applied", () => {
    expect(verdict(files, [row("1", { checksum: undefined }), row("2")])).toMatchObject({
      open: false,
      failed: 5,
    });
  });

  test("on exactly what --require names, with files and without", () => {
    expect(verdict(files, [row("1")], ["1"])).toEqual(open);
    expect(verdict([], [row("1"), row("9")], ["1"])).toEqual(open);
    expect(verdict([], [row("1", { breaking: true }), row("2")], ["2"])).toEqual(open);
  });
});

describe("the gate stays closed", () => {
  test.each<[string, HistoryRow[], RegExp, 3 | 5 | undefined]>([
    ["on an empty history", [], /1 step_1 is not applied; 0 of 2/, undefined],
    ["with one missing", [row("1")], /2 step_2 is not applied; 1 of 2/, undefined],
    [
      "with one taken back",
      [row("1"), row("2", { state: "reverted" })],
      /2 step_2 is not applied/,
      undefined,
    ],
    ["on a run of the same ID", [row("1"), row("2", { kind: "run" })], /2 step_2 is not applied/, undefined],
    ["below a baseline", [row("1", { kind: "baseline" })], /2 step_2 is not applied/, undefined],
    [
      "half-applied",
      [row("1"), row("2", { state: "running", statementsDone: 2, statementsTotal: 5 })],
      /2 step_2 is half applied: 2 of 5 statements; 1 of 2/,
      undefined,
    ],
    [
      "failed",
      [row("1"), row("2", { state: "failed", statementsDone: 0, error: "no such table\nline 2" })],
      /2 step_2 failed: no such table$/,
      3,
    ],
    [
      "failed half-way",
      [row("1"), row("2", { state: "failed", statementsDone: 1, statementsTotal: 4, error: "oh" })],
      /2 step_2 failed after 1 of 4 statements: oh$/,
      3,
    ],
    ["applied from another text", [row("1"), row("2", { checksum: "x" })], /2 step_2 .*checksum/, 5],
    ["past a breaking one", [row("1"), row("2"), row("4", { breaking: true })], /past migration 4 step_4/, 5],
    ["past a breaking one with others missing", [row("4", { breaking: true })], /past migration 4/, 5],
  ])("%s", (_, rows, reason, failed) => {
    const found = verdict(files, rows);
    expect(found).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
    expect("failed" in found ? found.failed : undefined).toBe(failed);
  });

  test("without a history, also where rows are claimed", () => {
    const required = requiredVersions(files, []);
    expect(judge({ exists: false, rows: [row("1"), row("2")] }, required, files).open).toBe(false);
  });

  test("with a required contract migration missing", () => {
    const some = [migration("1", { phase: "contract" }), migration("2", { requires: ["1"] })];
    expect(verdict(some, [row("2")])).toMatchObject({
      open: false,
      reason: expect.stringContaining("1 step_1"),
    });
    expect(verdict(some, [row("1"), row("2")])).toEqual(open);
  });

  test("past a breaking one above what --require names, without files", () => {
    expect(verdict([], [row("2"), row("3", { breaking: true })], ["2"])).toMatchObject({ failed: 5 });
    expect(verdict([], [row("2", { checksum: "x" })], ["2"])).toEqual(open);
    expect(verdict([migration("2")], [row("2", { checksum: "x" })], ["2"])).toMatchObject({ failed: 5 });
  });

  test("with an unknown breaking one below the newest file", () => {
    const some = [migration("1"), migration("3")];
    const rows = [row("1"), row("2", { breaking: true }), row("3")];
    expect(verdict(some, rows)).toMatchObject({ open: false, failed: 5 });
  });

  test("and every reason is one line", () => {
    const error = "syntax error\n  where\n  SQLSTATE 42601";
    const found = verdict(files, [row("1", { state: "failed", error })]);
    expect(found.open ? "" : found.reason).not.toContain("\n");
  });
});
