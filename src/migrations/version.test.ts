import { expect, test } from "bun:test";
import { canonicalVersion, compareVersions } from "./version.ts";

test("leading zeros mean nothing", () => {
  expect(["0", "000", "001", "10", "0010"].map(canonicalVersion)).toEqual(["0", "0", "1", "10", "10"]);
});

test("the order is that of the numbers, also beyond what a Number can tell apart", () => {
  const sorted = ["0", "9", "10", "20260101120000", "9007199254740992", "9007199254740993", "1".repeat(60)];
  const shuffled = [5, 2, 6, 0, 4, 1, 3].map((index) => sorted[index]!);
  expect(shuffled.toSorted(compareVersions)).toEqual(sorted);
  expect(compareVersions("7", "7")).toBe(0);
});
