import { expect, test } from "bun:test";
import { fileNameFor, newMigrationText } from "./create.ts";
import { readParts } from "./parts.ts";

const now = new Date("2026-03-04T05:06:07.890Z");

test.each<[string, string[], string]>([
  ["add_category", [], "20260304050607_add_category.sql"],
  ["  Add the  category ", [], "20260304050607_Add_the_category.sql"],
  ["add-category.sql", [], "20260304050607_add_category.sql"],
  ["größe", [], "20260304050607_größe.sql"],
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

test.each(["", "   ", ".sql", "_", "a/b", "..\\a", "a\u0000b", "a:b", "a|b", "a.up", "a.DOWN.sql"])(
  "%j is refused",
  (name) => {
    expect(() => fileNameFor(name, [], now)).toThrow(
      expect.objectContaining({ code: "SL2052", exit: 2, message: expect.stringContaining(name) }),
    );
  },
);

test.each(["expand", "contract"] as const)(
  "the text for %s is read as that, with nothing to run",
  (phase) => {
    const parts = readParts(newMigrationText(phase), "f.sql");
    expect(parts.directives.phase).toBe(phase);
    expect(parts.empty).toBe(true);
    expect(parts.down).toBeDefined();
  },
);
