import { expect, test } from "bun:test";
import { describeEachMajor, testDatabase } from "../../../test/support/postgres.ts";
import { identifier, literal } from "./sql.ts";

const texts = [
  "",
  "it's",
  "back\\slash",
  "\\'; drop table t; --",
  'dou"ble',
  "日本 🐘",
  "a\nb\tc",
  "$1 %s $$",
  "E'x'",
];

describeEachMajor("what is quoted reaches the server as it was", (major) => {
  test("values, names and lists, whatever standard_conforming_strings says", async () => {
    const db = await testDatabase(major);
    for (const setting of ["on", "off"]) {
      const set = `set standard_conforming_strings = ${setting}; set escape_string_warning = off;`;
      const [row] = await db.query(
        `${set} select ${texts.map((text, i) => `${literal(text)} as v${i}`).join(", ")}`,
      );
      expect(Object.values(row as object)).toEqual(texts);
      const [list] = await db.query(`${set} select ${literal(texts)} as list`);
      expect(list?.list).toEqual(texts);
    }
    for (const name of texts.filter((text) => text !== "")) {
      const quoted = identifier(name, name);
      await db.query(
        `create schema ${identifier(name)}; create table ${quoted} (n int); select n from ${quoted}`,
      );
    }
  });
});

test("other values", () => {
  expect([undefined, null, 3, -1.5, true, false].map(literal)).toEqual([
    "null",
    "null",
    "3",
    "-1.5",
    "true",
    "false",
  ]);
  expect(literal([])).toBe("array[]::text[]");
  // PostgreSQL's text cannot hold it, and the protocol would end the query there.
  expect(literal("a\0b")).toBe("'ab'");
  expect(identifier("a", 'B"')).toBe('"a"."B"""');
});
