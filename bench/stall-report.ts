import type { Goal } from "./benchmark.ts";
import type { Subject } from "./peers/peer.ts";
import type { Table } from "./table.ts";

/** Sluice's default `--lock-timeout`, and what a SELECT may take beyond it on a machine that is busy. */
const lockTimeoutMs = 2_000;
const slackMs = 500;

export interface StallSample {
  /** The longest SELECT, in milliseconds. */
  longestMs: number;
  /** Sum of all SELECTs of more than 100 ms. */
  stalledMs: number;
  /** From the end of the blocking transaction to the end of the tool. */
  doneMs: number;
}

/** The samples of one tool behind blocking transactions of one length. */
export interface StallSeries {
  subject: Subject;
  /** How long the blocking transaction stayed open, in milliseconds. */
  blockerMs: number;
  samples: StallSample[];
}

/** One line for each tool and length of the blocking transaction; of several rounds the worst. */
export function stallTable(series: readonly StallSeries[]): Table {
  return {
    columns: ["tool", "version", "transaction s", "longest SELECT s", "stalled s", "done s"],
    rows: series.map(({ subject, blockerMs, samples }) => [
      subject.name,
      subject.version,
      seconds(blockerMs, 0),
      seconds(most(samples, "longestMs"), 2),
      seconds(most(samples, "stalledMs"), 2),
      seconds(most(samples, "doneMs"), 2),
    ]),
  };
}

/** That Sluice is bounded by its lock timeout, and, so that this says something, that the others are not bounded. */
export function stallGoals(series: readonly StallSeries[]): Goal[] {
  const worst = series
    .filter(({ samples }) => samples.length > 0)
    .map((one) => ({ ...one, name: one.subject.name, longestMs: most(one.samples, "longestMs") }));
  const sluice = worst.filter(({ name }) => name === "sluice");
  const others = worst.filter(({ name }) => name !== "sluice");
  const longest = Math.max(...sluice.map(({ longestMs }) => longestMs));
  return [
    {
      text: `Sluice: no SELECT waits for longer than the lock timeout of ${lockTimeoutMs / 1000} s (and ${slackMs / 1000} s)`,
      met: sluice.length === 0 ? undefined : longest <= lockTimeoutMs + slackMs,
      measured: sluice.length === 0 ? "" : `longest ${seconds(longest, 2)} s`,
    },
    {
      text: "the others: SELECTs wait until the transaction ends, however long",
      // Without the start of the tool, during which nothing waits yet.
      met:
        others.length === 0
          ? undefined
          : others.every(({ longestMs, blockerMs }) => longestMs >= 0.9 * blockerMs),
      measured: others
        .filter(({ blockerMs }) => blockerMs === Math.max(...others.map((other) => other.blockerMs)))
        .map(
          ({ name, longestMs, blockerMs }) =>
            `${name} ${seconds(longestMs, 1)} of ${seconds(blockerMs, 0)} s`,
        )
        .join(", "),
    },
  ];
}

function most(samples: readonly StallSample[], figure: keyof StallSample): number {
  return Math.max(...samples.map((sample) => sample[figure]));
}

function seconds(milliseconds: number, decimals: number): string {
  return (milliseconds / 1000).toFixed(decimals);
}
