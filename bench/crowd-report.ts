import type { Goal } from "./benchmark.ts";
import type { Subject } from "./peers/peer.ts";
import { median, medianRatio } from "./statistics.ts";
import { formatMs, type Table } from "./table.ts";

/** How many runners start at once. */
export const crowdSize = 50;

/** What the rounds brought for one tool: milliseconds, and how many of each crowd failed. */
export interface CrowdSeries {
  subject: Subject;
  /** One runner on an empty database. */
  alone: number[];
  /** As many at once on an empty database: until the last has ended. */
  together: number[];
  /** As many processes at once that only print their version: what starting them costs on this machine. */
  starts: number[];
  failed: number[];
  /** Of the rounds, whether all tables were there after the crowd. */
  complete: boolean[];
  /** How often each last line of a runner that failed was seen. */
  reasons: Map<string, number>;
}

/** The goal that no Sluice runner of a crowd fails. */
export function crowdGoal(series: readonly CrowdSeries[]): Goal {
  const text = `all of ${crowdSize} Sluice runners at once succeed`;
  const sluice = series.find(({ subject }) => subject.name === "sluice");
  if (!sluice || sluice.failed.length === 0) return { text, met: undefined, measured: "" };
  const failed = sluice.failed.reduce((sum, count) => sum + count, 0);
  const ratio = medianRatio(sluice.together, sluice.alone).toFixed(1);
  const all = crowdSize * sluice.failed.length;
  const complete = sluice.complete.every(Boolean);
  const figures = `${failed} of ${all} failed; ${ratio} times one runner alone`;
  return {
    text,
    met: failed === 0 && complete,
    measured: complete ? figures : `${figures}; not all files were applied`,
  };
}

/** The figures; the ratio is that of the crowd to one runner of the same tool. */
export function crowdTable(series: readonly CrowdSeries[]): Table {
  return {
    columns: [
      "tool",
      "version",
      "one alone ms",
      `${crowdSize} at once ms`,
      "min-max ms",
      "ratio",
      `${crowdSize} starts alone ms`,
      `failed of ${crowdSize}`,
      "complete",
    ],
    rows: series.map(({ subject, alone, together, starts, failed, complete }) => [
      subject.name,
      subject.version,
      formatMs(median(alone)),
      formatMs(median(together)),
      `${formatMs(Math.min(...together))}-${formatMs(Math.max(...together))}`,
      medianRatio(together, alone).toFixed(1),
      formatMs(median(starts)),
      range(failed),
      `${complete.filter(Boolean).length} of ${complete.length}`,
    ]),
  };
}

function range(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(least) : `${least}-${most}`;
}

/** The three most frequent reasons of each tool; "" where nothing failed. */
export function reasonLines(series: readonly CrowdSeries[]): string {
  return series
    .flatMap(({ subject, reasons }) =>
      [...reasons]
        .sort(([, a], [, b]) => b - a)
        .slice(0, 3)
        .map(([reason, count]) => `${subject.name}, ${count} times: ${reason}`),
    )
    .join("\n");
}
