import { table } from "../../../../src/report/table.ts";
import type { Summary } from "../load.ts";

/** What was measured while a release was rolled out. */
export interface ReleaseFigures {
  release: string;
  /** From `helm upgrade` to all new pods ready; undefined where the release must not get that far. */
  seconds: number | undefined;
  load: Summary;
  /** How the Job of the migrations ended. */
  migration: "Complete" | "Failed";
  /** What else is not as it should be. */
  wrong: readonly string[];
}

/** The figures as people read them. */
export function figuresText(releases: readonly ReleaseFigures[]): string {
  const row = (name: string, cell: (one: ReleaseFigures) => string) => [name, ...releases.map(cell)];
  const rows = [
    row("migration", ({ migration }) => migration),
    row("requests", ({ load }) => String(load.requests)),
    row("requests failed", ({ load }) => String(load.failed)),
    row("median latency", ({ load }) => `${load.p50Ms} ms`),
    row("highest latency", ({ load }) => `${load.highestMs} ms`),
    row("all new pods ready", ({ seconds }) => (seconds === undefined ? "never" : `after ${seconds} s`)),
  ];
  const sum = (of: (load: Summary) => number) => releases.reduce((all, { load }) => all + of(load), 0);
  return `${table(["MEASURED", ...releases.map(({ release }) => release)], rows)}
In all: ${sum((load) => load.requests)} requests, ${sum((load) => load.failed)} failed.
`;
}

/** What in the figures is not as it should be, one sentence each; empty where all is well. */
export function problemsOf(releases: readonly ReleaseFigures[]): string[] {
  return releases.flatMap(({ release, load, wrong }) =>
    [
      ...(load.requests > 0 ? [] : ["no request was sent"]),
      ...(load.failed === 0 ? [] : [`${load.failed} requests failed (${load.failures.join("; ")})`]),
      ...wrong,
    ].map((text) => `${release}: ${text}`),
  );
}
