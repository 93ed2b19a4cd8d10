import type { Goal } from "./benchmark.ts";
import type { Series } from "./rounds.ts";
import { medianRatio } from "./statistics.ts";

/** The goal that Sluice takes at most `limit` times as long as another tool: the median of the rounds' ratios. */
export function ratioGoal(text: string, series: readonly Series[], peer: string, limit: number): Goal {
  const find = (name: string) => series.find(({ subject }) => subject.name === name)?.milliseconds;
  const [sluice, other] = [find("sluice"), find(peer)];
  if (!sluice || !other) return { text, met: undefined, measured: "" };
  const ratio = medianRatio(sluice, other);
  return { text, met: ratio <= limit, measured: `${ratio.toFixed(2)} times ${peer}` };
}

/** The goal that a peak stays below a number of mebibytes. */
export function memoryGoal(text: string, peaks: readonly (number | undefined)[], limitMiB: number): Goal {
  const known = peaks.filter((peak) => peak !== undefined);
  if (known.length === 0) return { text, met: undefined, measured: "" };
  const peak = Math.max(...known);
  return { text, met: peak < limitMiB, measured: `${peak.toFixed(1)} MiB` };
}

/** "met: text (figure)" */
export function formatGoal({ text, met, measured }: Goal): string {
  const verdict = met === undefined ? "not measured" : met ? "met" : "not met";
  return `${verdict}: ${text}${measured ? ` (${measured})` : ""}`;
}
