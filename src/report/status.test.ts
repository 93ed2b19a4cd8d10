import { expect, test } from "bun:test";
import { migration, row } from "../../test/support/rows.ts";
import { statusOf } from "../engine/status.ts";
import { statusJson, statusText } from "./status.ts";

const status = statusOf(
  [
    migration("1"),
    migration("2"),
    migration("3"),
    migration("4", { phase: "contract" }),
    migration("5"),
    migration("12"),
  ],
  [
    row("1"),
    row("2", { checksum: "other", finishedAt: new Date("2026-01-02T03:04:05.678Z") }),
    row("3", { state: "running", statementsDone: 1, statementsTotal: 3 }),
    row("4", { state: "failed", error: "no such table", statementsDone: 0, statementsTotal: 2 }),
    row("5", { state: "reverted" }),
    row("7", { breaking: true }),
    row("8", { state: "reverted" }),
  ],
);

test("a table, the errors, and what is pending, with single blank lines", () => {
  expect(statusText(status, "me@host/db").split("\n")).toEqual([
    "VERSION  NAME     PHASE     STATE                  APPLIED AT",
    "1        step_1   expand    applied                1970-01-01T00:00:01Z",
    "2        step_2   expand    applied, file changed  2026-01-02T03:04:05Z",
    "3        step_3   expand    running (1 of 3)",
    "4        step_4   contract  failed",
    "5        step_5   expand    pending",
    "7        step_7   expand    applied, no file       1970-01-01T00:00:01Z",
    "12       step_12  expand    pending",
    "",
    "4 failed: no such table",
    "",
    "me@host/db: 4 pending (1 failed), 1 file changed: restore what was applied, or accept the new text with `sluice repair checksum 2`",
  ]);
});

test.each([
  [["1"], "nothing pending"],
  [["2"], "nothing pending, 1 file changed: .* `sluice repair checksum 2`"],
  [["2", "3"], "nothing pending, 2 files changed: .* `sluice repair checksum VERSION`"],
])("the last line: %p", (versions, expected) => {
  const rows = versions.map((version) => row(version, version === "1" ? {} : { checksum: "other" }));
  const text = statusText(
    statusOf(
      versions.map((version) => migration(version)),
      rows,
    ),
    "db",
  );
  expect(text.split("\n").at(-1)).toMatch(new RegExp(`^db: ${expected}$`));
});

test("a long error is cut for people, not in JSON", () => {
  const long = statusOf([migration("1")], [row("1", { state: "failed", error: "x".repeat(5000) })]);
  expect(statusText(long, "db")).toContain(`1 failed: ${"x".repeat(4000)}... (1000 more characters)\n`);
  expect(JSON.stringify(statusJson(long))).toContain("x".repeat(5000));
});

test("the same as JSON", () => {
  const json = JSON.parse(JSON.stringify(statusJson(status)));
  expect(json.pending).toBe(4);
  expect(json.migrations).toEqual([
    expect.objectContaining({ version: "1", state: "applied", checksum: "sum1" }),
    {
      version: "2",
      name: "step_2",
      phase: "expand",
      state: "applied",
      checksum: "sum2",
      appliedAt: "2026-01-02T03:04:05.678Z",
      changed: true,
    },
    expect.objectContaining({ version: "3", state: "running", statementsDone: 1, statementsTotal: 3 }),
    expect.objectContaining({ version: "4", state: "failed", error: "no such table", appliedAt: null }),
    expect.objectContaining({ version: "5", state: "pending", appliedAt: null }),
    expect.objectContaining({ version: "7", state: "applied", ahead: true }),
    expect.objectContaining({ version: "12", state: "pending" }),
  ]);
});

test("what a baseline covers is not pending", () => {
  const covered = statusOf([migration("1"), migration("2")], [row("1", { kind: "baseline" })]);
  expect(covered.migrations.map((one) => one.state)).toEqual(["baseline", "pending"]);
  expect(covered.pending).toBe(1);
});
