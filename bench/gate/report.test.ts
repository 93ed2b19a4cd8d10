import { expect, test } from "bun:test";
import type { Request } from "../../test/cluster/audit.ts";
import { gateGoals, gateTables, percentile95, type WaiterSeries } from "./report.ts";

const asked = (...resources: string[]) => resources.map((resource) => ({ resource }) as Request);
const waiter = (name: string, latency: number[], start: number[], idle: WaiterSeries["idle"]) => ({
  waiter: { name, command: () => ({ argv: [], env: {} }) },
  ...{ latency, start, idle },
});
const sluice = waiter("sluice", [10, 30, 20], [30, 50], {
  ...{ requests: asked("jobs", "jobs", "pods"), cpuMs: 10, peakMiB: 35.04 },
});
const loop = waiter("loop", [900, 600, 700], [], { requests: asked("jobs"), cpuMs: 1234, peakMiB: 60 });

test("a row for each waiter: medians, the slowest but 5 %, and a dash for what a loop has not", () => {
  expect(gateTables([sluice, loop])[0]?.rows).toEqual([
    ["sluice", "20.0", "30.0", "40.0", "3", "10.0", "35.0"],
    ["loop", "700", "900", "-", "1", "1,234", "60.0"],
  ]);
  const unmeasured = waiter("x", [], [], undefined);
  expect(gateTables([unmeasured])[0]?.rows[0]?.slice(3)).toEqual(["-", "-", "-", "-"]);
});

test("goals compare the first with the last", () => {
  expect(gateGoals([sluice, loop])).toEqual([
    { text: "opens 30 times sooner than the loop", met: true, measured: "35 times" },
    { text: "at most 2 requests for the condition", met: true, measured: "2, and 1 to explain" },
    { text: "at most 1/100 of the loop's CPU time", met: true, measured: "1/123" },
    { text: "at most 40 MiB", met: true, measured: "35.0 MiB" },
    { text: "start of the executable to its watch at most 40 ms", met: true, measured: "40.0 ms" },
  ]);
  const slow = waiter("sluice", [100], [40.1], {
    ...{ requests: asked("jobs", "jobs", "jobs"), cpuMs: 20, peakMiB: 40.5 },
  });
  expect(gateGoals([slow, loop]).map(({ met }) => met)).toEqual([false, false, false, false, false]);
});

test("CPU time below the unit of the kernel's clock counts as one millisecond", () => {
  const nothing = waiter("sluice", [10], [10], { requests: [], cpuMs: 0, peakMiB: 1 });
  expect(gateGoals([nothing, loop])[2]).toMatchObject({ met: true, measured: "1/1234" });
});

test("without both sides there is no goal", () => {
  expect(gateGoals([waiter("sluice", [1], [1], undefined), loop])).toEqual([]);
  expect(gateGoals([])).toEqual([]);
});

test("the smallest sample that 95 % of all do not exceed", () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);
  expect([percentile95(upTo(20)), percentile95(upTo(21)), percentile95([7])]).toEqual([19, 20, 7]);
  expect(percentile95([])).toBeNaN();
});
