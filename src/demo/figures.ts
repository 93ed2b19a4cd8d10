import type { Traffic } from "./load.ts";

export interface RunnerFigures {
  name: string;
  status: number | string;
  /** How many migrations it applied itself. */
  applied: number;
}

export interface GateFigures {
  name: string;
  state: "open" | "closed";
  /** Milliseconds from the commit to the end of the gate's process; null where it stayed closed. */
  openedAfterCommitMs: number | null;
  /** The last thing that it said about why it was closed. */
  reason: string | null;
}

/** All that was measured in one release. */
export interface ReleaseFigures {
  version: string;
  migration: string;
  /** Whether its migration holds a mistake. */
  broken: boolean;
  /** Rows of the history in which it is applied. */
  appliedRows: number;
  /** By how much it raised the counter in the data. */
  effects: number;
  appliedBy: string | null;
  /** State in the history. */
  state: string | null;
  error: string | null;
  runners: RunnerFigures[];
  gates: GateFigures[];
  /** Version that served before, and all along. */
  previous: string;
  requests: Traffic;
}

export interface DemoFigures {
  server: { major: number; origin: string };
  releases: ReleaseFigures[];
  /** Over the whole demo. */
  requests: Traffic;
  durationMs: number;
}

/** What in the figures is not as it should be, one sentence each; empty where all is well. */
export function problemsOf(figures: DemoFigures): string[] {
  const { served, failed, failures } = figures.requests;
  return [
    ...figures.releases.flatMap((release) =>
      (release.broken ? stopped(release) : rolledOut(release)).map((text) => `${release.version}: ${text}`),
    ),
    ...(served > 0 ? [] : ["no request was served"]),
    ...(failed === 0 ? [] : [`${failed} requests failed (${failures.join("; ")})`]),
  ];
}

function rolledOut(release: ReleaseFigures): string[] {
  const { appliedRows, effects, runners, gates, requests, previous, appliedBy } = release;
  const problems: string[] = [];
  if (appliedRows !== 1) problems.push(`the history holds the migration ${appliedRows} times`);
  if (effects !== 1) problems.push(`the migration took effect ${effects} times`);
  const bad = runners.filter(({ status }) => status !== 0);
  for (const { name, status } of bad) problems.push(`${name} ended with ${status}`);
  const workers = runners.filter(({ applied }) => applied > 0).map(({ name }) => name);
  if (workers.length !== 1 || workers[0] !== appliedBy)
    problems.push(`applied by ${workers.join(" and ") || "no runner"}, by ${appliedBy} says the history`);
  for (const { name, state, openedAfterCommitMs: after } of gates) {
    if (state !== "open" || after === null) problems.push(`${name} did not open`);
    else if (after < 0) problems.push(`${name} opened ${-after} ms before the commit`);
  }
  if (!requests.servedBy[previous]) problems.push(`${previous} did not serve meanwhile`);
  return problems;
}

function stopped(release: ReleaseFigures): string[] {
  const { appliedRows, effects, runners, gates, requests, previous, state } = release;
  const problems: string[] = [];
  if (appliedRows !== 0 || state !== "failed")
    problems.push(`the history says "${state}" of the broken migration`);
  if (effects !== 0) problems.push("the broken migration left something behind");
  for (const { name, status } of runners)
    if (status !== 3) problems.push(`${name} ended with ${status}, not 3`);
  for (const { name, state: is } of gates) if (is !== "closed") problems.push(`${name} opened`);
  if (!requests.servedBy[previous]) problems.push(`${previous} did not serve on`);
  const others = Object.keys(requests.servedBy).filter((version) => version !== previous);
  if (others.length > 0) problems.push(`${others.join(", ")} served`);
  return problems;
}
