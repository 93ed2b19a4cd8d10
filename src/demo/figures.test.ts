import { expect, test } from "bun:test";
import { type DemoFigures, problemsOf, type ReleaseFigures } from "./figures.ts";
import { figuresText } from "./table.ts";

const traffic = (servedBy: Record<string, number>) => ({
  served: 100,
  failed: 0,
  highestLatencyMs: 7,
  servedBy,
  failures: [],
});
const runner = (number: number, status: number, applied: number) => ({
  name: `runner ${number}`,
  status,
  applied,
});

function figures(): { all: DemoFigures; good: ReleaseFigures; broken: ReleaseFigures } {
  const good: ReleaseFigures = {
    version: "v2",
    migration: "2_add_categories",
    broken: false,
    appliedRows: 1,
    effects: 1,
    appliedBy: "runner 2",
    state: "applied",
    error: null,
    runners: [runner(1, 0, 0), runner(2, 0, 1)],
    gates: [{ name: "gate 1", state: "open", openedAfterCommitMs: 0, reason: null }],
    previous: "v1",
    requests: traffic({ v1: 60, v2: 40 }),
  };
  const broken: ReleaseFigures = {
    ...good,
    version: "v3",
    broken: true,
    appliedRows: 0,
    effects: 0,
    appliedBy: null,
    state: "failed",
    error: "no",
    runners: [runner(1, 3, 0), runner(2, 3, 0)],
    gates: [{ name: "gate 1", state: "closed", openedAfterCommitMs: null, reason: "failed" }],
    previous: "v2",
    requests: traffic({ v2: 100 }),
  };
  const server = { major: 18, origin: "PATH" };
  const all = { server, releases: [good, broken], requests: traffic({}), durationMs: 12_345 };
  return { all, good, broken };
}

test("figures as they should be are no problem", () => {
  expect(problemsOf(figures().all)).toEqual([]);
});

type Change = (made: ReturnType<typeof figures>) => unknown;

test.each<[string, Change, string]>([
  [
    "applied twice",
    ({ good }) => Object.assign(good, { effects: 2 }),
    "v2: the migration took effect 2 times",
  ],
  [
    "not recorded",
    ({ good }) => Object.assign(good, { appliedRows: 0 }),
    "the history holds the migration 0 times",
  ],
  [
    "by two",
    ({ good }) => Object.assign(good.runners[0]!, { applied: 1 }),
    "applied by runner 1 and runner 2",
  ],
  [
    "by another",
    ({ good }) => Object.assign(good, { appliedBy: "runner 1" }),
    "by runner 1 says the history",
  ],
  [
    "early",
    ({ good }) => Object.assign(good.gates[0]!, { openedAfterCommitMs: -4 }),
    "gate 1 opened 4 ms before",
  ],
  ["shut", ({ good }) => Object.assign(good.gates[0]!, { state: "closed" }), "gate 1 did not open"],
  [
    "outage",
    ({ good }) => Object.assign(good.requests, { servedBy: { v2: 9 } }),
    "v1 did not serve meanwhile",
  ],
  ["open", ({ broken }) => Object.assign(broken.gates[0]!, { state: "open" }), "v3: gate 1 opened"],
  ["left", ({ broken }) => Object.assign(broken, { effects: 1 }), "left something behind"],
  ["no failure", ({ broken }) => Object.assign(broken, { state: "applied" }), 'the history says "applied"'],
  [
    "exit 4",
    ({ broken }) => Object.assign(broken.runners[0]!, { status: 4 }),
    "runner 1 ended with 4, not 3",
  ],
  ["new served", ({ broken }) => Object.assign(broken.requests.servedBy, { v3: 1 }), "v3 served"],
  [
    "failed",
    ({ all }) => Object.assign(all.requests, { failed: 2, failures: ["x"] }),
    "2 requests failed (x)",
  ],
  ["idle", ({ all }) => Object.assign(all.requests, { served: 0 }), "no request was served"],
])("%s is a problem, and the only one", (_name, change, expected) => {
  const made = figures();
  change(made);
  const problems = problemsOf(made.all);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test("the table has a column for each release", () => {
  const lines = figuresText(figures().all).split("\n");
  expect(lines[0]).toMatch(/^MEASURED +v2 +v3$/);
  expect(lines).toContainEqual(expect.stringMatching(/^applied +once +not at all$/));
  expect(lines).toContainEqual(expect.stringMatching(/^gates +1 open +1 closed$/));
  expect(lines).toContainEqual(expect.stringMatching(/^after the commit +0 ms +-$/));
  expect(lines.at(-2)).toBe("In all: 100 requests served, 0 failed, highest latency 7 ms, in 12.3 s.");
});
