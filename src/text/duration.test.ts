import { expect, test } from "bun:test";
import { formatDuration, parseDuration } from "./duration.ts";

test.each([
  ["0", 0],
  ["0s", 0],
  ["500ms", 500],
  ["1.5s", 1500],
  ["90s", 90_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["1h30m", 5_400_000],
  ["1h2m3s4ms", 3_723_004],
  ["2147483647ms", 2_147_483_647],
])("%s is %d ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  "",
  " ",
  "5",
  "1000",
  "5 s",
  "s",
  "-5s",
  "+5s",
  "5S",
  "1m1h",
  "1s1s",
  "1d",
  ".5s",
  "5s ",
  "1e3s",
  "25d",
  "600h",
])("%p is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, "0ms"],
  [-5, "0ms"],
  [0.4, "0ms"],
  [320, "320ms"],
  [999.6, "1s"],
  [1000, "1s"],
  [1449, "1.4s"],
  [12_000, "12s"],
  [59_949, "59.9s"],
  [59_960, "1m00s"],
  [125_000, "2m05s"],
  [3_599_400, "59m59s"],
  [3_599_600, "1h00m"],
  [3_720_000, "1h02m"],
])("%d ms reads %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
