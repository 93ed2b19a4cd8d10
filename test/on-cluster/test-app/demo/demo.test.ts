import { describe, expect, test } from "bun:test";
import { describePods, type Pod } from "./board.ts";
import { figuresText, problemsOf, type ReleaseFigures } from "./figures.ts";

const pod = (release: string, status: Pod["status"], deletionTimestamp?: string): Pod => ({
  metadata: {
    labels: { "app.kubernetes.io/name": "test-app-api" },
    ...(deletionTimestamp && { deletionTimestamp }),
  },
  spec: { containers: [{ image: `registry.example:5000/test-app:${release}` }] },
  status,
});
const ready = { conditions: [{ type: "Ready", status: "True" }] };
const waiting = { initContainerStatuses: [{ state: { running: {} } }] };

test("pods are counted by release and state, those of other parts are not", () => {
  const pods = [
    pod("v2", waiting),
    pod("v1", ready),
    pod("v1", ready),
    pod("v2", {}),
    pod("v1", ready, "now"),
  ];
  expect(describePods(pods, "test-app-api")).toBe(
    "2 of v1 ready, 1 of v1 ending, 1 of v2 at its gate, 1 of v2 starting",
  );
  expect(describePods(pods, "test-app-service")).toBe("no pod");
});

describe("figures", () => {
  const load = {
    requests: 100,
    failed: 0,
    highestMs: 90,
    p50Ms: 5,
    p99Ms: 60,
    lateMs: 1,
    seconds: 5,
    failures: [],
  };
  const good: ReleaseFigures = { release: "v2", seconds: 19.3, load, migration: "Complete", wrong: [] };
  const broken: ReleaseFigures = { ...good, release: "v4", seconds: undefined, migration: "Failed" };

  test("are a table and their sum", () => {
    expect(problemsOf([good, broken])).toEqual([]);
    expect(figuresText([good, broken])).toBe(`MEASURED            v2            v4
migration           Complete      Failed
requests            100           100
requests failed     0             0
median latency      5 ms          5 ms
highest latency     90 ms         90 ms
all new pods ready  after 19.3 s  never

In all: 200 requests, 0 failed.
`);
  });

  test("that are not as they should be are told", () => {
    const failed = { ...good, load: { ...load, failed: 2, failures: ["1 s: reset"] }, wrong: ["no v2"] };
    expect(problemsOf([failed, { ...broken, load: { ...load, requests: 0 } }])).toEqual([
      "v2: 2 requests failed (1 s: reset)",
      "v2: no v2",
      "v4: no request was sent",
    ]);
  });
});
