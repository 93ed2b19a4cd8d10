import { describe, expect, test } from "bun:test";
import { SluiceError } from "../errors.ts";
import { defaultDirectives } from "./directives.ts";
import type { Directives } from "./migration.ts";
import { readParts } from "./parts.ts";

const directivesOf = (text: string): Directives => readParts(text, "a.sql").directives;

function errorOf(text: string): string {
  try {
    readParts(text, "a.sql");
  } catch (error) {
    if (error instanceof SluiceError)
      return `${error.code} ${error.place?.file}:${error.place?.line} ${error.message} | ${error.hint}`;
    throw error;
  }
  return "no error";
}

describe("directives", () => {
  test("none: expand, in a transaction", () => {
    expect(directivesOf("SELECT 1;")).toEqual(defaultDirectives());
    expect(defaultDirectives()).toMatchObject({
      phase: "expand",
      transaction: true,
      breaking: false,
      requires: [],
    });
  });

  test("all of them, among other comments", () => {
    const text = `/* Drops the old column. */
-- sluice: phase=contract
-- sluice: transaction=off
-- Why: see the ticket.
-- sluice: lock_timeout=500ms
-- sluice: statement_timeout=1h30m
-- sluice: breaking
-- sluice: out-of-order
-- sluice: requires=0012
-- sluice: requires=3,12,20260101120000
ALTER TABLE t DROP COLUMN a;`;
    expect(directivesOf(text)).toEqual({
      phase: "contract",
      transaction: false,
      lockTimeout: 500,
      statementTimeout: 5_400_000,
      breaking: true,
      outOfOrder: true,
      requires: ["12", "3", "20260101120000"],
    });
  });

  test("what says the default, and no limit for statements", () => {
    const text = "-- sluice: phase=expand\n-- sluice: transaction=on\n-- sluice: statement_timeout=0";
    expect(directivesOf(text)).toEqual({ ...defaultDirectives(), statementTimeout: 0 });
  });

  test.each([
    "--sluice:breaking",
    "-- Sluice: breaking",
    "-- sluice : breaking",
    "  ---   SLUICE :breaking  ",
  ])("case and blanks around the name do not matter: %p", (line) => {
    expect(directivesOf(`${line}\nSELECT 1`).breaking).toBe(true);
  });

  test("inside strings, function bodies and prose they are text", () => {
    const text = `-- sluice runs this before the pods; with sluice: nothing waits
SELECT '
-- sluice: phase=contract
-- sluice:down
', $$
-- sluice: nonsense
-- +goose Up
$$ /*
-- migrate:up
*/; -- sluice:ignore SL-NOT-NULL small table`;
    expect(readParts(text, "a.sql")).toEqual({
      up: text,
      down: undefined,
      downLine: undefined,
      directives: defaultDirectives(),
      empty: false,
    });
  });

  test.each([
    ["-- sluice: phse=contract", 'SL1010 a.sql:1 unknown directive "phse" | Did you mean "phase"?'],
    [
      "\n\n-- sluice: lock-timeout=5s",
      'SL1010 a.sql:3 unknown directive "lock-timeout" | Did you mean "lock_timeout"?',
    ],
    ["-- sluice: Breaking", 'SL1010 a.sql:1 unknown directive "Breaking" | Did you mean "breaking"?'],
    ["-- sluice:dwon", 'SL1010 a.sql:1 unknown directive "dwon" | Did you mean "down"?'],
    ["-- sluice:Down", 'SL1010 a.sql:1 unknown directive "Down" | Did you mean "down"?'],
    ["-- sluice: contract", 'SL1010 a.sql:1 unknown directive "contract" | Did you mean "phase=contract"?'],
    ["SELECT 1; -- sluice:ignroe X y", 'SL1010 a.sql:1 unknown directive "ignroe" | Did you mean "ignore"?'],
    ["-- sluice: toString", 'SL1010 a.sql:1 unknown directive "toString" | Correct it'],
    ["-- sluice: =x", 'SL1010 a.sql:1 unknown directive "=x" | Correct it'],
    [
      "-- sluice: phase=Contract",
      'SL1011 a.sql:1 bad value "Contract" for the directive phase | Write phase=expand or',
    ],
    ["-- sluice: transaction=false", 'SL1011 a.sql:1 bad value "false" for the directive transaction'],
    [
      "-- sluice: lock_timeout=5",
      'SL1011 a.sql:1 bad value "5" for the directive lock_timeout | Write lock_timeout=5s',
    ],
    ["-- sluice: lock_timeout=0", 'SL1011 a.sql:1 bad value "0" for the directive lock_timeout'],
    ["-- sluice: statement_timeout=1 h", "SL1012 a.sql:1"],
    ["-- sluice: statement_timeout=1d", 'SL1011 a.sql:1 bad value "1d"'],
    ["-- sluice: requires=1,,2", 'SL1011 a.sql:1 bad value "1,,2" for the directive requires'],
    ["-- sluice: requires=001_users", 'SL1011 a.sql:1 bad value "001_users"'],
    [
      "-- sluice: breaking=true",
      'SL1012 a.sql:1 malformed directive "breaking=true": breaking takes no value',
    ],
    [
      "-- sluice: phase",
      'SL1012 a.sql:1 malformed directive "phase": phase needs a value | Write a line comment',
    ],
    ["-- sluice: phase=", 'SL1012 a.sql:1 malformed directive "phase=": phase needs a value'],
    [
      "-- sluice: phase = contract",
      'SL1012 a.sql:1 malformed directive "phase = contract": white space around',
    ],
    [
      "-- sluice: phase= contract",
      'SL1012 a.sql:1 malformed directive "phase= contract": white space around',
    ],
    [
      "-- sluice: phase=contract breaking",
      'SL1012 a.sql:1 malformed directive "phase=contract breaking": one directive a line',
    ],
    [
      "-- sluice: breaking, out-of-order",
      'SL1012 a.sql:1 malformed directive "breaking, out-of-order": one directive a line',
    ],
    ["-- sluice:", 'SL1012 a.sql:1 malformed directive "sluice:": it is not quite'],
    [
      "-- sluice phase=contract",
      'SL1012 a.sql:1 malformed directive "sluice phase=contract": it is not quite',
    ],
    ["-- sluice-down", 'SL1012 a.sql:1 malformed directive "sluice-down"'],
    ["SELECT 1;\n-- sluice down\nDROP TABLE t", 'SL1012 a.sql:2 malformed directive "sluice down"'],
    ["SELECT 1;\n-- slucie:down\nDROP TABLE t", 'SL1012 a.sql:2 malformed directive "slucie:down"'],
    ["-- @sluice breaking", 'SL1012 a.sql:1 malformed directive "@sluice breaking"'],
    ["/* sluice: phase=contract */", 'SL1012 a.sql:1 malformed directive "sluice: phase=contract"'],
    [
      "SELECT 1;\n\n-- sluice: breaking",
      'SL1013 a.sql:3 the directive "breaking" stands after the first statement',
    ],
    [
      "SELECT 1 -- sluice: breaking\n;",
      'SL1013 a.sql:1 the directive "breaking" stands after the first statement',
    ],
    ["-- sluice:down\n-- sluice: breaking", 'SL1013 a.sql:2 the directive "breaking"'],
    [
      "-- sluice: breaking\n-- sluice: breaking",
      "SL1014 a.sql:2 the directive breaking was given before, on line 1",
    ],
    [
      "-- sluice: phase=expand\n--\n-- sluice: phase=contract",
      "SL1014 a.sql:3 the directive phase was given before",
    ],
  ])("%p", (text, message) => {
    expect(errorOf(text)).toStartWith(message);
  });
});

describe("the down part", () => {
  test("begins behind its line, and the up part ends before it", () => {
    expect(readParts("SELECT 1;\n\n-- sluice:down\nSELECT 2;\n", "a.sql")).toMatchObject({
      up: "SELECT 1;\n\n",
      down: "SELECT 2;\n",
      downLine: 4,
      empty: false,
    });
  });

  test.each(["--sluice:down", "  -- Sluice: down  "])("is also begun by %p", (line) => {
    expect(readParts(`SELECT 1\n${line}\nSELECT 2`, "a.sql")).toMatchObject({
      up: "SELECT 1\n",
      down: "SELECT 2",
    });
  });

  test("may be empty, which is not the same as none", () => {
    expect(readParts("SELECT 1;\n-- sluice:down", "a.sql").down).toBe("");
    expect(readParts("SELECT 1;\n", "a.sql").down).toBeUndefined();
  });

  test("may hold suppressions, and strings with a down line", () => {
    const down = "-- sluice:ignore X y\nSELECT '\n-- sluice:down\n';";
    expect(readParts(`SELECT 1;\n-- sluice:down\n${down}`, "a.sql").down).toBe(down);
  });

  test.each([
    ["SELECT 1; -- sluice:down\nSELECT 2", "SL1016 a.sql:1"],
    ["/* a */ -- sluice:down", "SL1016 a.sql:1"],
    ["SELECT 1;\n-- sluice:down SELECT 2", "SL1016 a.sql:2"],
    ["SELECT 1;\n-- sluice:down;", "SL1016 a.sql:2"],
    [
      "-- sluice:down\n\n-- sluice:down\n",
      "SL1015 a.sql:3 a second -- sluice:down; the down part begins on line 1",
    ],
  ])("%p is an error", (text, message) => {
    expect(errorOf(text)).toStartWith(message);
  });
});

test.each([
  ["", true],
  [" \n-- a\n/* b */;\n", true],
  ["-- sluice: breaking\n", true],
  ["-- sluice:down\nSELECT 1", true],
  ["-- a\nSELECT 1", false],
  ["'unclosed", false],
  ["-- sluice: breaking\nSELECT 1\n-- sluice:down", false],
])("the up part of %p is empty: %p", (text, empty) => {
  expect(readParts(text, "a.sql").empty).toBe(empty);
});

describe("files of other tools", () => {
  test.each([
    ["dbmate", "-- migrate:up\nCREATE TABLE t (a int);\n\n-- migrate:down\nDROP TABLE t;"],
    ["dbmate", "\n--migrate:up transaction:false\n"],
    ["goose", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2"],
    ["goose", "-- +goose NO TRANSACTION"],
    ["goose", "SELECT 1;\n--+goose down"],
    ["sql-migrate", "-- +migrate Up\nSELECT 1"],
    ["tern", "CREATE TABLE t (a int);\n---- create above / drop below ----\nDROP TABLE t;"],
    ["tern", "---- tern: disable-tx ----\nSELECT 1;"],
    ["node-pg-migrate", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2"],
  ])("%s", (tool, text) => {
    expect(errorOf(text)).toMatch(new RegExp(`^SL1005 a.sql:\\d+ this is a file of ${tool} \\(--`));
  });

  test("with the line of the marker", () => {
    expect(errorOf("/* a\n*/\nSELECT 'x';\n  -- +goose Down\nSELECT 2")).toStartWith("SL1005 a.sql:4 ");
  });

  test.each([
    "SELECT 1; -- migrate:up is what dbmate writes",
    "SELECT '\n-- migrate:up\n'",
    "/*\n-- +goose Up\n*/ SELECT 1",
    "-- we came from goose: see +goose Up in the old files\nSELECT 1",
    "DO $$\n---- create above / drop below ----\n$$",
    "-- the down migration is below\nSELECT 1",
  ])("%p is none", (text) => {
    expect(errorOf(text)).toBe("no error");
  });
});
