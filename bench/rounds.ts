import type { Sample } from "./measure.ts";
import type { Subject } from "./peers/peer.ts";
import { median, medianRatio } from "./statistics.ts";
import { formatMiB, formatMs, type Table } from "./table.ts";

/** What the rounds brought for one tool. */
export interface Series {
  subject: Subject;
  milliseconds: readonly number[];
  /** From the warm-up round, whose time does not count. */
  peakMiB: number | undefined;
}

/** Takes the tool, and whether this is the warm-up, in which memory is measured. Times only what is to be compared. */
export type Turn = (subject: Subject, warmUp: boolean) => Promise<Sample>;

/** One warm-up round and `count` measured ones, the tools taking turns in each. */
export async function runRounds(subjects: readonly Subject[], count: number, turn: Turn): Promise<Series[]> {
  const series: (Series & { milliseconds: number[] })[] = [];
  for (const subject of subjects) {
    const { peakMiB } = await turn(subject, true);
    series.push({ subject, milliseconds: [], peakMiB });
  }
  for (let round = 0; round < count; round++) {
    for (const one of series) one.milliseconds.push((await turn(one.subject, false)).milliseconds);
  }
  return series;
}

/** The times of some series; ratios are to the first. */
export function timesTable(series: readonly Series[]): Table {
  const base = series[0];
  const columns = [
    "tool",
    "version",
    "median ms",
    "min-max ms",
    "peak MiB",
    `ratio to ${base?.subject.name}`,
  ];
  const rows = series.map(({ subject, milliseconds, peakMiB }) => [
    subject.name,
    subject.version,
    formatMs(median(milliseconds)),
    `${formatMs(Math.min(...milliseconds))}-${formatMs(Math.max(...milliseconds))}`,
    formatMiB(peakMiB),
    medianRatio(milliseconds, base?.milliseconds ?? []).toFixed(2),
  ]);
  return { columns, rows };
}
