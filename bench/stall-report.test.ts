import { expect, test } from "bun:test";
import type { Subject } from "./peers/peer.ts";
import { type StallSeries, stallGoals, stallTable } from "./stall-report.ts";

function series(name: string, blockerMs: number, longest: number[]): StallSeries {
  const samples = longest.map((longestMs) => ({ longestMs, stalledMs: longestMs + 1000, doneMs: 10 }));
  return { subject: { name, version: "1" } as Subject, blockerMs, samples };
}

const met = (all: StallSeries[]) => stallGoals(all).map((goal) => goal.met);

test("the worst round counts, behind the shorter and the longer transaction", () => {
  const goose = series("goose", 12_000, [11_900]);
  expect(met([series("sluice", 6_000, [2_010]), series("sluice", 12_000, [2_020, 1_900]), goose])).toEqual([
    true,
    true,
  ]);
  expect(met([series("sluice", 6_000, [2_600, 2_000]), series("sluice", 12_000, [2_000]), goose])).toEqual([
    false,
    true,
  ]);
  expect(stallTable([series("sluice", 6_000, [1_000, 2_010])]).rows).toEqual([
    ["sluice", "1", "6", "2.01", "3.01", "0.01"],
  ]);
});

test("a tool that lets SELECTs through earlier is not called unbounded, and one that did not run is no figure", () => {
  expect(met([series("sluice", 6_000, [2_000]), series("goose", 6_000, [3_000])])).toEqual([true, false]);
  expect(met([series("sluice", 6_000, [])])).toEqual([undefined, undefined]);
});
