import { describe, expect, test } from "bun:test";
import type { ScriptStatement } from "../database.ts";
import { characters, statementFailure } from "./failure.ts";
import type { ServerError } from "./sqlstate.ts";

const BEFORE = "-- ü 🐘\nbegin;\n";

/** The failure of a statement on line 10 of its file, at what `|` marks in it. */
function failureAt(marked: string, more: Partial<ServerError> = {}) {
  const text = marked.replace("|", "");
  const sent = BEFORE + marked.slice(0, marked.indexOf("|"));
  const position = marked.includes("|") ? { position: String([...sent].length + 1) } : {};
  const error = Object.assign(new Error("it fails"), {
    code: "42601",
    severity: "ERROR",
    ...position,
    ...more,
  });
  const migration = { file: "m/7_x.sql", version: "7" };
  const statement = { text, line: 10 } as ScriptStatement;
  return statementFailure(error as ServerError, migration, statement, characters(BEFORE), "nothing");
}

describe("the place", () => {
  test.each([
    ["|select 1", 10, 1, "10 | select 1", "   | ^"],
    ["select |x", 10, 8, "10 | select x", "   |        ^"],
    ["select 1,\n  |x\nfrom t", 11, 3, "11 |   x", "   |   ^"],
    ["select\n\n|x", 12, 1, "12 | x", "   | ^"],
    ["a\n\t\tb\t|x", 11, 5, "11 |   b x", "   |     ^"],
    ["select 'ä' |x", 10, 12, "10 | select 'ä' x", "   |            ^"],
    ["'🐘🐘'\n'🐘' |x", 11, 6, "11 | '🐘' x", "   |      ^"],
    ["select 1|", 10, 9, "10 | select 1", "   |         ^"],
  ])("%j", (marked, line, column, source, caret) => {
    const error = failureAt(marked);
    expect(error.place).toEqual({ file: "m/7_x.sql", line, column });
    expect(error.notes.slice(0, 2)).toEqual([source, caret]);
  });

  test("far to the right in a long line", () => {
    const { notes, place } = failureAt(`${"x".repeat(300)}|y${"z".repeat(300)}`);
    expect(place?.column).toBe(301);
    const [source = "", caret = ""] = notes;
    expect(source.length).toBeLessThan(160);
    expect(source[caret.indexOf("^")]).toBe("y");
  });

  test("unknown, or outside of the statement: its first line and its words", () => {
    for (const position of [undefined, "3", "999"]) {
      const error = failureAt("select\n  1", position === undefined ? {} : { position });
      expect(error.place).toEqual({ file: "m/7_x.sql", line: 10 });
      expect(error.notes[0]).toBe("    select 1");
    }
  });
});

test("all that the server says", () => {
  const error = failureAt("select |1", {
    detail: "Key (a)=(1) exists.",
    hint: "Try 2.",
    internalQuery: "insert into t\n  values (1)",
    where: "PL/pgSQL function f() line 3\nSQL statement",
  });
  expect(error.notes.slice(2)).toEqual([
    "SQLSTATE 42601",
    "detail: Key (a)=(1) exists.",
    "hint: Try 2.",
    "in: insert into t values (1)",
    "context: PL/pgSQL function f() line 3",
  ]);
  expect([error.code, error.exit, error.migration]).toEqual(["SL4020", 3, "7"]);
  expect(error.message).toBe("migration 7 failed and was rolled back: it fails");
});

test("advice where the server's answer is about the transaction", () => {
  for (const code of ["25001", "2D000"]) expect(failureAt("x", { code }).hint).toContain("transaction=off");
  expect(failureAt("x", { code: "55P04" }).hint).toContain("later migration");
  expect(failureAt("x").hint).toContain("Correct the file");
});

test("characters are counted as the server does", () => {
  for (const text of ["", "abc", "äöü", "日本", "a🐘b", "e\u0301"])
    expect(characters(text)).toBe([...text].length);
});
