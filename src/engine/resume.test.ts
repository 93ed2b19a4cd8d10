import { describe, expect, test } from "bun:test";
import type { HistoryRow, Script } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import { checkFinished, isHalfApplied } from "./resume.ts";

type State = Pick<HistoryRow, "state" | "statementsDone" | "statement">;

test.each([
  [{ state: "running", statementsDone: 0, statement: undefined }, true],
  [{ state: "failed", statementsDone: 0, statement: undefined }, false],
  [{ state: "failed", statementsDone: 1, statement: undefined }, true],
  [{ state: "failed", statementsDone: 0, statement: "vacuum" }, true],
  [{ state: "applied", statementsDone: 3, statement: undefined }, false],
  [{ state: "reverted", statementsDone: 3, statement: undefined }, false],
] satisfies [State, boolean][])("%j is half-applied: %p", (row, expected) => {
  expect(isHalfApplied(row as HistoryRow)).toBe(expected);
});

test("without a row nothing is half-applied", () => expect(isHalfApplied(undefined)).toBe(false));

describe("finished statements", () => {
  const migration = { version: "7", file: "m/7.sql", upLine: 2 } as Parameters<typeof checkFinished>[0];
  const script = (...hashes: string[]) =>
    ({ statements: hashes.map((hash, index) => ({ hash, line: 10 * (index + 1) })) }) as Script;
  const check = (now: Script, done: number, hashes: string[]) =>
    checkFinished(migration, now, { done, hashes, claimed: undefined });

  test("may stand unchanged, with anything behind them", () => {
    check(script("a", "b"), 2, ["a", "b", "c"]);
    check(script("a", "b", "d", "e"), 2, ["a", "b", "c"]);
    check(script("x"), 0, ["a"]);
  });

  test("may not be changed, removed or preceded by another", () => {
    const cases: [Script, number][] = [
      [script("a", "x", "c"), 20],
      [script("x", "a", "b"), 10],
      [script("a"), 2],
    ];
    for (const [now, line] of cases) {
      try {
        check(now, 2, ["a", "b", "c"]);
        expect.unreachable();
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        expect([error.code, error.exit, error.place]).toEqual(["SL4023", 4, { file: "m/7.sql", line }]);
      }
    }
  });
});
