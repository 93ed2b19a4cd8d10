import type { Goal } from "../benchmark.ts";
import { median } from "../statistics.ts";
import { formatMiB, formatMs, type Table } from "../table.ts";
import type { Idle } from "./run.ts";
import type { Waiter } from "./waiters.ts";

/** The samples of one waiter, in milliseconds; Sluice first, the loop last. */
export interface WaiterSeries {
  waiter: Waiter;
  latency: number[];
  start: number[];
  idle: Idle | undefined;
}

/** The smallest sample that 95 % of all do not exceed. */
export function percentile95(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

export function gateTables(series: readonly WaiterSeries[]): Table[] {
  return [
    {
      columns: ["waiter", "p50 ms", "p95 ms", "start to watch ms", "requests", "CPU ms", "peak MiB"],
      rows: series.map(({ waiter, latency, start, idle }) => [
        waiter.name,
        formatMs(median(latency)),
        formatMs(percentile95(latency)),
        start.length === 0 ? "-" : formatMs(median(start)),
        idle === undefined ? "-" : String(idle.requests.length),
        idle === undefined ? "-" : formatMs(idle.cpuMs),
        formatMiB(idle?.peakMiB),
      ]),
    },
  ];
}

export function gateGoals(series: readonly WaiterSeries[]): Goal[] {
  const [sluice, loop] = [series[0], series.at(-1)];
  const [idle, other] = [sluice?.idle, loop?.idle];
  if (sluice === undefined || loop === undefined || idle === undefined || other === undefined) return [];
  const sooner = median(loop.latency) / median(sluice.latency);
  // A process with nothing but its start to show is below the unit of the kernel's clock.
  const share = other.cpuMs / Math.max(idle.cpuMs, 1);
  const forJob = idle.requests.filter(({ resource }) => resource === "jobs").length;
  const goal = (text: string, met: boolean, measured: string): Goal => ({ text, met, measured });
  return [
    goal("opens 30 times sooner than the loop", sooner >= 30, `${sooner.toFixed(0)} times`),
    goal(
      "at most 2 requests for the condition",
      forJob <= 2,
      `${forJob}, and ${idle.requests.length - forJob} to explain`,
    ),
    goal("at most 1/100 of the loop's CPU time", share >= 100, `1/${share.toFixed(0)}`),
    goal("at most 40 MiB", idle.peakMiB <= 40, `${idle.peakMiB.toFixed(1)} MiB`),
    goal(
      "start of the executable to its watch at most 40 ms",
      median(sluice.start) <= 40,
      `${formatMs(median(sluice.start))} ms`,
    ),
  ];
}
