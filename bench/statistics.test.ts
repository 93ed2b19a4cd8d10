import { expect, test } from "bun:test";
import { median, medianRatio } from "./statistics.ts";

test("the median does not depend on the order, and lies between the two in the middle", () => {
  expect(median([9, 1, 10])).toBe(9);
  expect(median([4, 1, 100, 2])).toBe(3);
  expect(median([])).toBeNaN();
});

test("the median ratio pairs the rounds", () => {
  // The machine was ten times slower in the second round: each ratio is 2, that of sums would be, too, of medians not.
  expect(medianRatio([2, 20, 4], [1, 10, 2])).toBe(2);
  expect(medianRatio([1, 30, 30], [10, 10, 10])).toBe(3);
  expect(() => medianRatio([1], [1, 2])).toThrow(RangeError);
});
