import { describe, expect, test } from "bun:test";
import { fileNameFor, newMigrationText, untouchedLine } from "./create.ts";
import { readParts } from "./parts.ts";

const now = new Date("2026-03-04T05:06:07.890Z");

test.each<[string, string[], string]>([
  ["add_category", [], "20260304050607_add_category.sql"],
  ["  Add the  category ", [], "20260304050607_Add_the_category.sql"],
  ["add-category.sql", [], "20260304050607_add_category.sql"],
  ["größe", [], "20260304050607_größe.sql"],
  ["gro\u0308ße 列", [], "20260304050607_gro\u0308ße_列.sql"],
  ["2_x", [], "20260304050607_2_x.sql"],
  ["x", ["9_a.sql", "010_b.sql"], "20260304050607_x.sql"],
  ["x", ["20260304050607_a.sql"], "20260304050608_x.sql"],
  ["x", ["20260304050609_a.sql", "20260304050608_b.sql", "notes.txt"], "20260304050610_x.sql"],
  ["x", ["020260304050607_a.sql"], "20260304050608_x.sql"],
  ["x", ["99999999999999999999_a.sql"], "100000000000000000000_x.sql"],
  ["x", ["99999999999999999999.txt", "README.md"], "20260304050607_x.sql"],
])("%j beside %j is %s", (name, existing, file) => {
  expect(fileNameFor(name, existing, now)).toBe(file);
});

test.each([
  "",
  "   ",
  ".sql",
  "_",
  "a/b",
  "..\\a",
  "a\u0000b",
  "a:b",
  "a|b",
  "a.up",
  "a.DOWN.sql",
  "Add price; drop",
  "a$b",
  "a'b",
  "v1.2",
])("%j is refused", (name) => {
  expect(() => fileNameFor(name, [], now)).toThrow(
    expect.objectContaining({ code: "SL2052", exit: 2, message: expect.stringContaining(name) }),
  );
});

test.each(["expand", "contract"] as const)(
  "the text for %s is read as that, with nothing to run",
  (phase) => {
    const parts = readParts(newMigrationText(phase), "f.sql");
    expect(parts.directives.phase).toBe(phase);
    expect(parts.empty).toBe(true);
    expect(parts.down).toBeDefined();
  },
);

describe("an up part that nobody has written", () => {
  const line = (text: string) => untouchedLine({ up: readParts(text, "f.sql").up, upLine: 1 });

  test.each([
    ["as it was made", newMigrationText("expand"), 1],
    ["of the phase contract", newMigrationText("contract"), 2],
    ["with a directive and blanks", `\n-- sluice: requires=7\n  ${newMigrationText("expand")}`, 3],
    ["with a down part", `${newMigrationText("expand")}drop table a;`, 1],
    ["without a down part", "-- Write the change here.", 1],
  ])("%s: the line is known", (_, text, expected) => {
    expect(line(text)).toBe(expected);
  });

  test.each([
    ["empty", ""],
    [
      "a word why it is empty",
      newMigrationText("expand").replace("\n", "\n-- Nothing to do on PostgreSQL.\n"),
    ],
    ["a statement under it", newMigrationText("expand").replace("\n", "\nselect 1;\n")],
    ["a statement that holds it", "select '\n-- Write the change here.\n';"],
  ])("%s: it is somebody's", (_, text) => {
    expect(line(text)).toBeUndefined();
  });
});
