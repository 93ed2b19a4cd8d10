import { expect, test } from "bun:test";
import { migration, row } from "../../test/support/rows.ts";
import type { Script, ScriptStatement } from "../databases/database.ts";
import type { Migration } from "../migrations/migration.ts";
import { planJson, planText } from "./plan.ts";

function statement(text: string, line: number, alone = false): ScriptStatement {
  const rest = { setsSession: false, setsRole: false, setsLockTimeout: false, tree: undefined };
  return { text, line, hash: "0", alone, ...rest };
}

function planned(entries: [Migration, Script][]) {
  const pending = entries.map(([file]) => file);
  return { plan: { pending, ahead: [row("9")], applied: 0 }, scripts: new Map(entries) };
}

const one: [Migration, Script] = [
  migration("1"),
  {
    mode: "transaction",
    dirtiesSession: false,
    statements: [statement("create table a (\n  id int\n)", 1), statement("select 1", 5)],
  },
];
const two: [Migration, Script] = [
  migration("2", { phase: "contract", transaction: false }),
  {
    mode: "steps",
    dirtiesSession: false,
    statements: [statement("create index concurrently i on a (id)", 2, true)],
  },
];

test("a plan says of each statement where it stands and how it runs", () => {
  expect(planText(planned([one, two]), "me@host/db")).toBe(
    [
      "Would apply to me@host/db:",
      "",
      "1 step_1 (expand, in one transaction)",
      "  migrations/1_step_1.sql:1",
      "    create table a (",
      "      id int",
      "    )",
      "  migrations/1_step_1.sql:5",
      "    select 1",
      "",
      "2 step_2 (contract, statement by statement)",
      "  migrations/2_step_2.sql:2  [outside a transaction]",
      "    create index concurrently i on a (id)",
    ].join("\n"),
  );
});

test("nothing to do is one line", () => {
  expect(planText(planned([]), "me@host/db")).toBe("Nothing to do on me@host/db.");
});

test("the same as JSON", () => {
  expect(JSON.parse(JSON.stringify(planJson(planned([one, two]))))).toEqual({
    migrations: [
      {
        version: "1",
        name: "step_1",
        file: "migrations/1_step_1.sql",
        phase: "expand",
        transaction: true,
        statements: [
          { line: 1, text: "create table a (\n  id int\n)" },
          { line: 5, text: "select 1" },
        ],
      },
      {
        version: "2",
        name: "step_2",
        file: "migrations/2_step_2.sql",
        phase: "contract",
        transaction: false,
        statements: [{ line: 2, text: "create index concurrently i on a (id)", outsideTransaction: true }],
      },
    ],
    ahead: ["9"],
  });
});
