import { expect, test } from "bun:test";
import { type CrowdSeries, crowdGoal, crowdTable, reasonLines } from "./crowd-report.ts";
import type { Subject } from "./peers/peer.ts";

function series(name: string, failed: number[], complete = failed.map(() => true)): CrowdSeries {
  const alone = failed.map(() => 100);
  const together = failed.map(() => 300);
  const reasons = new Map(failed.some(Boolean) ? [["seldom", 1] as const, ["often", 48] as const] : []);
  return {
    subject: { name, version: "1" } as Subject,
    alone,
    together,
    starts: [50],
    failed,
    complete,
    reasons,
  };
}

test("one runner that fails, or one table that is missing, and the goal is not met", () => {
  expect(crowdGoal([series("sluice", [0, 0])])).toMatchObject({
    met: true,
    measured: "0 of 100 failed; 3.0 times one runner alone",
  });
  expect(crowdGoal([series("sluice", [0, 1])]).met).toBe(false);
  expect(crowdGoal([series("sluice", [0, 0], [true, false])]).met).toBe(false);
  expect(crowdGoal([series("goose", [0])]).met).toBeUndefined();
});

test("the table has the range of failures, and the reasons come by frequency", () => {
  const tools = [series("sluice", [0, 0]), series("goose", [48, 49], [true, false])];
  expect(crowdTable(tools).rows[1]).toEqual([
    "goose",
    "1",
    "100",
    "300",
    "300-300",
    "3.0",
    "50.0",
    "48-49",
    "1 of 2",
  ]);
  expect(reasonLines(tools)).toBe("goose, 48 times: often\ngoose, 1 times: seldom");
});
