import { expect, test } from "bun:test";
import { shorten } from "./shorten.ts";

test.each([
  ["", ""],
  ["abcd", "abcd"],
  ["abcde", "abcd... (1 more characters)"],
  ["abc🐘de", "abc... (4 more characters)"],
])("%p is %p", (text, expected) => {
  expect(shorten(text, 4)).toBe(expected);
});
