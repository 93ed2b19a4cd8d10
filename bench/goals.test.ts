import { expect, test } from "bun:test";
import { formatGoal, memoryGoal, ratioGoal } from "./goals.ts";
import type { Subject } from "./peers/peer.ts";
import type { Series } from "./rounds.ts";

function series(name: string, milliseconds: number[]): Series {
  return { subject: { name } as Subject, milliseconds, peakMiB: undefined };
}

test("a ratio goal is met up to its limit, and not beyond", () => {
  const times = [
    series("sluice", [12, 24, 12]),
    series("floor", [10, 20, 10]),
    series("goose", [11, 22, 11]),
  ];
  expect(ratioGoal("close to the floor", times, "floor", 1.2)).toMatchObject({ met: true });
  expect(formatGoal(ratioGoal("as fast as goose", times, "goose", 1))).toBe(
    "not met: as fast as goose (1.09 times goose)",
  );
});

test("a goal that was not measured is not called met", () => {
  expect(formatGoal(ratioGoal("fast", [series("sluice", [1])], "dbmate", 1))).toBe("not measured: fast");
  expect(memoryGoal("small", [undefined], 60).met).toBeUndefined();
});

test("the largest peak counts", () => {
  expect(memoryGoal("small", [30, 61, undefined], 60)).toMatchObject({ met: false, measured: "61.0 MiB" });
  expect(memoryGoal("small", [30, 59.9], 60).met).toBe(true);
});
