import { expect, test } from "bun:test";
import { nearest } from "./nearest.ts";

const commands = ["migrate", "status", "baseline", "wait", "out-of-order", "lock_timeout", "phase"];

test.each([
  ["migrat", "migrate"],
  ["mirgate", "migrate"],
  ["STATUS", "status"],
  ["satus", "status"],
  ["outoforder", "out-of-order"],
  ["lock-timeout", "lock_timeout"],
  ["phse", "phase"],
  ["wiat", "wait"],
])("%s is near %s", (word, meant) => {
  expect(nearest(word, commands)).toBe(meant);
});

test.each(["", "x", "inject", "lock", "phases-and-more"])("nothing is near %p", (word) => {
  expect(nearest(word, commands)).toBeUndefined();
});

test("the nearest one wins, and of two as near the first", () => {
  expect(nearest("jobs", ["jabs", "job", "jobs"])).toBe("jobs");
  expect(nearest("jbbs", ["jabs", "jobs"])).toBe("jabs");
});
