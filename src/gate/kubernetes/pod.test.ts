import { describe, expect, test } from "bun:test";
import type { Pod } from "../../kubernetes/types.ts";
import { judgePod } from "./pod.ts";
import { podReason, terminationText } from "./pod-reason.ts";

const is = (type: string, status = "True", more: object = {}) => ({ type, status, ...more });

function pod(status: Pod["status"], metadata: object = {}): Pod {
  return { metadata: { name: "api-1", uid: "1", ...metadata }, ...(status && { status }) };
}

const unready = { conditions: [is("Ready", "False", { reason: "ContainersNotReady" })] };
const waiting = (reason: string, message?: string, lastState = {}) =>
  pod({
    phase: "Running",
    ...unready,
    containerStatuses: [
      { name: "api", state: { waiting: { reason, ...(message && { message }) } }, lastState },
    ],
  });
const ended = (exitCode: number, reason: string, message?: string) => ({
  terminated: { exitCode, reason, ...(message && { message }) },
});

test("a pod opens the gate only with Ready=True", () => {
  expect(judgePod(pod({ phase: "Running", conditions: [is("Ready")] }))).toEqual({ open: true });
});

describe("a pod keeps it closed", () => {
  test.each<[string, Pod, RegExp]>([
    ["without a status (P0)", pod(undefined), /is starting/],
    [
      "unschedulable (P1)",
      pod({
        phase: "Pending",
        conditions: [
          is("PodScheduled", "False", { reason: "Unschedulable", message: "0/1 nodes are available" }),
        ],
      }),
      /cannot be scheduled: Unschedulable: 0\/1/,
    ],
    [
      "not ready (P2)",
      pod({
        phase: "Running",
        ...unready,
        containerStatuses: [{ name: "api", ready: false, state: { running: {} } }],
      }),
      /is not ready: container api/,
    ],
    [
      "finished (P4)",
      pod({ phase: "Succeeded", conditions: [is("Ready", "False", { reason: "PodCompleted" })] }),
      /has finished, and will not become ready/,
    ],
    [
      "finished, with a Ready that is left over",
      pod({ phase: "Succeeded", conditions: [is("Ready")] }),
      /has finished/,
    ],
    [
      "CrashLoopBackOff (P7)",
      waiting("CrashLoopBackOff", "back-off 40s", ended(137, "OOMKilled")),
      /container api: CrashLoopBackOff: ended with exit code 137 \(OOMKilled\)/,
    ],
    [
      "ImagePullBackOff (P7)",
      waiting("ImagePullBackOff", 'Back-off pulling image "x"'),
      /container api: ImagePullBackOff: Back-off pulling image "x"/,
    ],
    [
      "a lost node (P10)",
      pod({ phase: "Running", conditions: [is("Ready", "Unknown")] }),
      /its node may be lost/,
    ],
    [
      "a readiness gate (P17)",
      pod({
        phase: "Running",
        conditions: [is("Ready", "False", { reason: "ReadinessGatesNotReady", message: "gate x" })],
      }),
      /ReadinessGatesNotReady: gate x/,
    ],
    [
      "Ready, and terminating",
      pod({ phase: "Running", conditions: [is("Ready")] }, { deletionTimestamp: "2026-01-01T00:00:00Z" }),
      /being ended/,
    ],
    [
      "Ready said twice, differently",
      pod({ phase: "Running", conditions: [is("Ready"), is("Ready", "False")] }),
      /not ready/,
    ],
    ["ready in another case", pod({ phase: "Running", conditions: [is("ready")] }), /not ready/],
    ["no condition", pod({ phase: "Running" }), /not ready yet/],
  ])("%s", (_, object, reason) => {
    const verdict = judgePod(object);
    expect(verdict).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
    expect(verdict).not.toHaveProperty("failed");
  });

  test.each<[string, Pod, RegExp]>([
    [
      "an error (P5)",
      pod({
        phase: "Failed",
        containerStatuses: [{ name: "api", state: ended(3, "Error", "no such table") }],
      }),
      /failed: container api ended with exit code 3: no such table/,
    ],
    [
      "out of memory (P6)",
      pod({ phase: "Failed", containerStatuses: [{ name: "api", state: ended(137, "OOMKilled") }] }),
      /exit code 137 \(OOMKilled\)/,
    ],
    [
      "evicted (P8)",
      pod({ phase: "Failed", reason: "Evicted", message: "low on memory" }),
      /failed: Evicted: low on memory/,
    ],
    [
      "failed, with a Ready that is left over",
      pod({ phase: "Failed", conditions: [is("Ready")] }),
      /the pod failed/,
    ],
  ])("and has failed: %s", (_, object, reason) => {
    expect(judgePod(object)).toMatchObject({ open: false, failed: 3, reason: expect.stringMatching(reason) });
  });

  test("of another release", () => {
    const object = pod({ conditions: [is("Ready")] }, { labels: { v: "1" } });
    expect(judgePod(object, [{ key: "v", value: "2" }])).toMatchObject({ open: false });
    expect(judgePod(object, [{ key: "v", value: "1" }])).toEqual({ open: true });
  });
});

describe("the reason of a pod", () => {
  test("an init container that fails comes first", () => {
    const init = { name: "gate", state: ended(2, "Error") };
    const later = { name: "api", state: { waiting: { reason: "PodInitializing" } } };
    const object = pod({ phase: "Pending", initContainerStatuses: [init], containerStatuses: [later] });
    expect(podReason(object).text).toBe("container gate ended with exit code 2");
  });

  test("what only counts or alternates does not change its topic", () => {
    expect(podReason(waiting("CrashLoopBackOff", "back-off 10s")).topic).toBe(
      podReason(waiting("CrashLoopBackOff", "back-off 20s")).topic,
    );
    expect(podReason(waiting("ErrImagePull", "not found")).topic).toBe(
      podReason(waiting("ImagePullBackOff", "Back-off")).topic,
    );
    expect(podReason(waiting("ErrImagePull")).topic).not.toBe(podReason(waiting("CrashLoopBackOff")).topic);
  });

  test.each([
    ['{"code":"SL4101","message":"no table","migration":"5","hint":"x"}', "SL4101: no table"],
    ['{"message":"no table"}', "no table"],
    ['{"other":1}', '{"other":1}'],
    ["{half", "{half"],
    ["two\nlines\n", "two lines"],
    ["null", "null"],
    ["", undefined],
    [undefined, undefined],
  ])("termination message %p reads %p", (message, text) => {
    expect(terminationText(message)).toBe(text);
  });
});

test("a pod that is being ended says what its container said before", () => {
  const deleted = { deletionTimestamp: "2026-01-01T00:00:00Z" };
  const status = (state: object) => ({ phase: "Running", containerStatuses: [{ name: "main", state }] });
  expect(podReason(pod(status(ended(8, "Error", "no such column")), deleted)).text).toBe(
    "is being ended; container main ended with exit code 8: no such column",
  );
  expect(podReason(pod(status({ running: {} }), deleted)).text).toBe("is being ended");
});
