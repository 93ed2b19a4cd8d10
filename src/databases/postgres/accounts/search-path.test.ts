import { expect, test } from "bun:test";
import { splitIdentifiers } from "./search-path.ts";

test.each([
  ['"$user", public', ["$user", "public"]],
  ["Shop,  audit", ["shop", "audit"]],
  ['"Shop, ""x""",audit', ['Shop, "x"', "audit"]],
  ["", []],
  ['""', [""]],
])("%s", (setting, names) => {
  expect(splitIdentifiers(setting)).toEqual(names);
});
