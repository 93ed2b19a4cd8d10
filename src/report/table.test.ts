import { expect, test } from "bun:test";
import { knownSecrets, redact } from "./redact.ts";
import { definitions, displayWidth, table, wrap } from "./table.ts";

test.each([
  ["abc", 3],
  ["", 0],
  ["é", 1],
  ["e\u0301", 1],
  ["日本語", 6],
  ["한국", 4],
  ["ｆｕｌｌ", 8],
  ["👍", 2],
  ["a\u200db", 2],
  ["\x1b[31mred\x1b[39m", 3],
  ["Ωмир", 4],
])("%j takes %i columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test("columns line up, nothing stands behind the last one", () => {
  const text = table(
    ["VERSION", "NAME", "STATE"],
    [
      ["1", "日本", "applied"],
      ["20260101", "add", ""],
    ],
  );
  expect(text).toBe("VERSION   NAME  STATE\n1         日本  applied\n20260101  add\n");
});

test("explanations are wrapped beside their names", () => {
  expect(
    definitions(
      [
        ["a", "one two three"],
        ["a-much-longer-name-than-there-is-room", "x"],
      ],
      2,
      42,
    ),
  ).toBe(
    `  a${" ".repeat(31)}one two\n${" ".repeat(34)}three\n  a-much-longer-name-than-there-is-room\n${" ".repeat(34)}x\n`,
  );
  expect(wrap("a bb ccc", 4)).toEqual(["a bb", "ccc"]);
  expect(wrap("", 4)).toEqual([]);
});

test.each([
  ["postgres://app:hunter2@db/x", "postgres://app:***@db/x"],
  ["mysql://app:p%40:q@db, mysql://b:c@d", "mysql://app:***@db, mysql://b:***@d"],
  ["postgres://app:pa/s@s@db/x", "postgres://app:***@db/x"],
  ["host=db password=hunter2 user=a", "host=db password=*** user=a"],
  ['{"password": "hunter2", 1}', '{"password": ***, 1}'],
  ["postgres://app@db/x", "postgres://app@db/x"],
  ["known hunter2", "known ***"],
])("%j is shown as %j", (text, shown) => {
  expect(redact(text, ["hunter2"])).toBe(shown);
});

test("secrets of the environment are known, encoded and not", () => {
  const env = { PGPASSWORD: "a", SLUICE_URL: "postgres://u:b%21@h/d", DATABASE_URL: "postgres://h/d" };
  expect(knownSecrets(env)).toEqual(["a", "b%21", "b!"]);
  expect(knownSecrets({})).toEqual([]);
});
