import { expect } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Figure } from "../../../scripts/docs/under-load.ts";
import { repository } from "../../support/executable.ts";
import type { Summary } from "./load.ts";

/** What docs/reference/under-load.md is made of; SLUICE_FIGURES=write puts what is measured into it. */
const path = join(repository, "docs", "reference", "under-load.json");

/**
 * Prints what was measured in a scenario, in which no request may have failed, and writes it down where told to; else the
 * page must know the scenario.
 * @param seconds from `helm upgrade` (or `kubectl apply`) to all new pods ready; undefined where nothing is rolled out.
 */
export function record(scenario: string, load: Summary, seconds?: number): void {
  const { requests, failed, highestMs, p50Ms, p99Ms, lateMs } = load;
  const figure: Figure = { requests, failed, p50Ms, highestMs, ...(seconds !== undefined && { seconds }) };
  console.log(
    `${scenario}: ${requests} requests, ${failed} failed, median ${p50Ms} ms, 99 % below ${p99Ms} ms, ` +
      `highest ${highestMs} ms, sent late by ${lateMs} ms at most` +
      `${seconds === undefined ? "" : `, all new pods ready after ${seconds} s`}`,
  );
  expect([scenario, failed, load.failures]).toEqual([scenario, 0, []]);
  const all: Record<string, Figure> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  if (process.env["SLUICE_FIGURES"] === "write")
    writeFileSync(path, `${JSON.stringify({ ...all, [scenario]: figure }, null, 2)}\n`);
  else if (all[scenario] === undefined)
    throw new Error(`docs/reference/under-load.json has no "${scenario}": SLUICE_FIGURES=write writes it`);
}

/** How long something takes, in seconds with one decimal. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return Math.round((performance.now() - begun) / 100) / 10;
}
