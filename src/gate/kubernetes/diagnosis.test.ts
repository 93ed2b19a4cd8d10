import { expect, test } from "bun:test";
import type { ApiEvent, Pod } from "../../kubernetes/types.ts";
import { withDetails } from "./diagnosis.ts";
import { newestEvent } from "./event-text.ts";

const event = (name: string, more: Partial<ApiEvent>): ApiEvent => ({
  metadata: { name },
  reason: name,
  ...more,
});
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

test("the newest Event is the one that was seen last, whichever field says so", () => {
  const events = [
    event("last", { lastTimestamp: at(1), eventTime: null }),
    event("series", { eventTime: at(0), series: { lastObservedTime: at(9) } }),
    event("new", { eventTime: at(5), lastTimestamp: null }),
    event("bare", {}),
  ];
  expect(newestEvent(events)?.reason).toBe("series");
  expect(newestEvent(events.slice(0, 1).concat(events[2] as ApiEvent))?.reason).toBe("new");
  expect(newestEvent([])).toBeUndefined();
});

test("of two at the same second a warning counts", () => {
  const pair = [
    event("Pulled", { type: "Normal", lastTimestamp: at(1) }),
    event("Failed", { type: "Warning", lastTimestamp: at(1) }),
  ];
  expect([newestEvent(pair)?.reason, newestEvent(pair.reverse())?.reason]).toEqual(["Failed", "Failed"]);
});

test("verdict, pod and Event make one line, and nothing is said twice", () => {
  const closed = { open: false, reason: "the Job is running", topic: "running" } as const;
  const message = 'Back-off pulling image "x"';
  const pod: Pod = {
    metadata: { name: "migrate-x" },
    status: {
      phase: "Pending",
      containerStatuses: [{ name: "sluice", state: { waiting: { reason: "ImagePullBackOff", message } } }],
    },
  };
  const line = `the Job is running; pod migrate-x: container sluice: ImagePullBackOff: ${message}`;
  expect(withDetails(closed, { pod, event: event("BackOff", { message }) }).reason).toBe(line);
  expect(withDetails(closed, { pod, event: event("FailedMount", { message: "no\nsecret" }) }).reason).toBe(
    `${line}; newest Event: FailedMount: no secret`,
  );
  expect(withDetails(closed, { event: event("FailedCreate", { message: "exceeded quota" }) }).reason).toBe(
    "the Job is running; newest Event: FailedCreate: exceeded quota",
  );
  expect(withDetails(closed, {})).toEqual(closed);
});

test("a usual Event is left out beside a container's own reason, and a pod that is gone is said to be", () => {
  const closed = { open: false, reason: "the Job failed: BackoffLimitExceeded" } as const;
  const terminated = { exitCode: 8, reason: "Error", message: "no such column" };
  const pod: Pod = {
    metadata: { name: "migrate-x" },
    status: { phase: "Running", containerStatuses: [{ name: "main", state: { terminated } }] },
  };
  const why = "container main ended with exit code 8: no such column";
  const started = event("Started", { type: "Normal", message: "Container started" });
  expect(withDetails(closed, { pod, event: started }).reason).toBe(`${closed.reason}; pod migrate-x: ${why}`);
  const backOff = event("BackOff", { type: "Warning", message: "Back-off restarting" });
  expect(withDetails(closed, { pod, gone: true, event: backOff }).reason).toBe(
    `${closed.reason}; pod migrate-x (gone meanwhile): ${why}; newest Event: BackOff: Back-off restarting`,
  );
});

test("what a failed Job's own runner said is in the line", () => {
  const message = '{"code":"SL4101","message":"relation \\"x\\" does not exist","hint":"repair it"}';
  const pod: Pod = {
    metadata: { name: "migrate-x" },
    status: {
      phase: "Failed",
      containerStatuses: [
        { name: "sluice", state: { terminated: { exitCode: 3, reason: "Error", message } } },
      ],
    },
  };
  const failed = { open: false, reason: "the Job failed: PodFailurePolicy", failed: 3 } as const;
  expect(withDetails(failed, { pod })).toMatchObject({
    failed: 3,
    reason:
      'the Job failed: PodFailurePolicy; pod migrate-x: container sluice ended with exit code 3: SL4101: relation "x" does not exist',
  });
});
