import type { Subject } from "./peers/peer.ts";
import type { BenchServer } from "./server.ts";
import type { Table } from "./table.ts";

/** What the run gives to each benchmark. */
export interface Context {
  /** The tools that take part; the first is what ratios refer to. */
  subjects: readonly Subject[];
  /** Measured rounds, where the user says so. */
  rounds: number | undefined;
  /** A folder that goes away with the run. */
  scratch: string;
  /** The server, started when it is first asked for. */
  server(): Promise<BenchServer>;
  /** A line of progress on standard error. */
  say(line: string): void;
  /** Aborted by Ctrl-C: ends the process being measured. */
  signal: AbortSignal;
}

export interface Goal {
  text: string;
  /** Undefined: not measured in this run. */
  met: boolean | undefined;
  /** The figure: "0.85 times". */
  measured: string;
}

export interface Report {
  title: string;
  /** What was done, in a sentence or two. */
  about: string;
  tables: readonly Table[];
  goals: readonly Goal[];
  /** Output of a benchmark that is a program of its own. */
  output?: string;
}

export interface Benchmark {
  /** As on the command line. */
  name: string;
  /** Compares with nothing of `subjects`: these need not be fetched and built for it. */
  alone?: true;
  run(context: Context): Promise<Report>;
}
