import { expect, test } from "bun:test";
import type { Condition, Job, Pod } from "../kubernetes/types.ts";
import type { Mode } from "./request.ts";
import { judgeMembers, type Member, stateOfJob, stateOfPod } from "./rules.ts";
import { judgeBehind, type Service } from "./service.ts";

/** What comes out for plain, -we and -wr: open or closed. */
type Row = [name: string, objects: object[], outcome: string];

const is = (type: string, reason = "", status = "True"): Condition => ({ type, status, reason });
const job = (status: Job["status"], spec: Job["spec"] = {}): Job => ({
  metadata: { name: "m", uid: "1" },
  spec,
  ...(status && { status }),
});
const pod = (phase: string, conditions: Condition[], containers: object[] = [], more: object = {}): Pod =>
  ({
    metadata: { name: "p", uid: "1" },
    status: { phase, conditions, containerStatuses: containers, ...more },
  }) as Pod;
const notReady = (reason: string) => is("Ready", reason, "False");
const ended = (reason: string) => ({
  name: "c",
  ready: false,
  state: { terminated: { exitCode: 1, reason } },
});
const waiting = (reason: string) => ({ name: "c", ready: false, state: { waiting: { reason } } });
const running = { name: "c", ready: true, state: { running: {} } };
const complete = job({
  succeeded: 1,
  conditions: [is("SuccessCriteriaMet"), is("Complete")],
});
const failed = job({ failed: 7, conditions: [is("FailureTarget"), is("Failed", "BackoffLimitExceeded")] });
const ready = pod("Running", [is("Ready")], [running]);
const failedPod = pod("Failed", [notReady("PodFailed")], [ended("Error")]);

const jobRows: Row[] = [
  ["J0 created, the controller has not acted", [job({})], "- - -"],
  ["no status at all", [job(undefined)], "- - -"],
  ["J1 one pod, not ready", [job({ active: 1, ready: 0 })], "- - -"],
  ["J2 one pod, ready", [job({ active: 1, ready: 1 })], "- - -"],
  ["J2b one pod, a server before 1.24", [job({ active: 1 })], "- - -"],
  ["J3 complete", [complete], "open open open"],
  ["J4 between two tries", [job({ failed: 1 })], "- - -"],
  ["J5 second try", [job({ active: 1, failed: 1 })], "- - -"],
  [
    "J6 complete after a retry",
    [job({ succeeded: 1, failed: 1, conditions: [is("Complete")] })],
    "open open open",
  ],
  ["J7 failed, back-off limit", [failed], "- open -"],
  [
    "J8 failed, deadline, no failed pod",
    [job({ conditions: [is("Failed", "DeadlineExceeded")] })],
    "- open -",
  ],
  ["J9 suspended", [job({ conditions: [is("Suspended")] }, { suspend: true })], "- - -"],
  ["J10 one of three completions", [job({ succeeded: 1 }, { completions: 3 })], "- - -"],
  ["J11 about to fail", [job({ terminating: 1, conditions: [is("FailureTarget")] })], "- - -"],
  [
    "J12 about to be complete",
    [job({ succeeded: 1, terminating: 1, conditions: [is("SuccessCriteriaMet")] })],
    "- - -",
  ],
  ["Complete is False", [job({ succeeded: 1, conditions: [is("Complete", "", "False")] })], "- - -"],
  ["Complete and Failed at once", [job({ conditions: [is("Complete"), is("Failed")] })], "- - -"],
  [
    "complete, and being deleted",
    [{ ...complete, metadata: { name: "m", deletionTimestamp: "2026-01-01T00:00:00Z" } }],
    "- - -",
  ],
  ["none", [], "- - -"],
  ["complete and active", [complete, job({ active: 1 })], "- - -"],
  ["complete and failed", [complete, failed], "- open open"],
  ["complete and just created", [complete, job({})], "- - -"],
  ["failed twice", [failed, failed], "- open -"],
];

const podRows: Row[] = [
  ["P0 no status", [{ metadata: { name: "p" } }], "- - -"],
  ["P1 unschedulable", [pod("Pending", [is("PodScheduled", "Unschedulable", "False")])], "- - -"],
  ["P2 running, not ready", [pod("Running", [notReady("ContainersNotReady")], [running])], "- - -"],
  ["P3 ready", [ready], "open open open"],
  ["P4 succeeded", [pod("Succeeded", [notReady("PodCompleted")], [ended("Completed")])], "open open open"],
  ["P5 failed, Error", [failedPod], "- open -"],
  ["P6 failed, OOMKilled", [pod("Failed", [notReady("PodFailed")], [ended("OOMKilled")])], "- open -"],
  [
    "P7 crash loop",
    [pod("Running", [notReady("ContainersNotReady")], [waiting("CrashLoopBackOff")])],
    "- - -",
  ],
  ["P7 no image", [pod("Pending", [notReady("ContainersNotReady")], [waiting("ImagePullBackOff")])], "- - -"],
  ["P8 evicted, no conditions", [pod("Failed", [], [], { reason: "Evicted" })], "- open -"],
  ["P10 node lost", [pod("Running", [is("Ready", "NodeStatusUnknown", "Unknown")], [running])], "- - -"],
  [
    "P12 ready, and no image",
    [ready, pod("Pending", [notReady("x")], [waiting("ImagePullBackOff")])],
    "- - -",
  ],
  ["P13 ready and failed", [ready, failedPod], "- open open"],
  ["P14 failed twice", [failedPod, failedPod], "- open -"],
  [
    "P16 one container ended, one runs",
    [pod("Running", [notReady("x")], [ended("Error"), running])],
    "- - -",
  ],
  ["P17 readiness gate", [pod("Running", [notReady("ReadinessGatesNotReady")], [running])], "- - -"],
  [
    "ready, and being ended",
    [{ ...ready, metadata: { name: "p", deletionTimestamp: "2026-01-01T00:00:00Z" } }],
    "- - -",
  ],
  ["none", [], "- - -"],
];

function outcome(members: Member[]): string {
  const modes: Mode[] = ["plain", "we", "wr"];
  return modes
    .map((mode) => (judgeMembers(members, mode, { label: "job x", namespace: "app" }).open ? "open" : "-"))
    .join(" ");
}

test.each(jobRows)("job: %s", (_, objects, expected) => {
  expect(outcome(objects.map((one, i) => ({ name: `m${i}`, state: stateOfJob(one as Job) })))).toBe(expected);
});

test.each(podRows)("pod: %s", (_, objects, expected) => {
  expect(outcome(objects.map((one, i) => ({ name: `p${i}`, state: stateOfPod(one as Pod) })))).toBe(expected);
});

test("one of several names that is not there keeps all modes closed", () => {
  const members = [
    { name: "a", state: stateOfJob(complete) },
    { name: "b", state: undefined },
  ];
  expect(outcome(members)).toBe("- - -");
  expect(judgeMembers(members, "plain", { label: "job a b", namespace: "app" })).toMatchObject({
    reason: "1 of 2 are ready; b: it is not there yet (namespace app)",
  });
});

test("what is not there is looked for in a namespace, which is named", () => {
  const asked = { label: "job -lapp=x", namespace: "app" };
  expect(judgeMembers([], "plain", asked)).toMatchObject({
    reason: "there is no job -lapp=x yet (namespace app)",
  });
  expect(judgeBehind("s", undefined, [], "app")).toMatchObject({
    reason: "there is no service s yet (namespace app)",
  });
});

test("a failure says why, and names what counts as ready though it failed", () => {
  const member = { name: "m", state: stateOfJob(failed) };
  expect(judgeMembers([member], "wr", { label: "job m", namespace: "app" })).toMatchObject({
    open: false,
    failed: 3,
    reason: expect.stringContaining("BackoffLimitExceeded"),
  });
  expect(judgeMembers([member], "we", { label: "job m", namespace: "app" })).toEqual({
    open: true,
    note: "m failed, which counts as ready here",
  });
});

test("service: every pod behind it that has not ended, and at least one", () => {
  const service: Service = { metadata: { name: "s" }, spec: { selector: { app: "x" } } };
  const starting = pod("Pending", [notReady("ContainersNotReady")]);
  expect(judgeBehind("s", service, [ready], "app").open).toBe(true);
  expect(judgeBehind("s", service, [ready, failedPod], "app").open).toBe(true);
  expect(judgeBehind("s", service, [], "app").open).toBe(false);
  expect(judgeBehind("s", undefined, [], "app").open).toBe(false);
  expect(judgeBehind("s", service, [failedPod], "app").open).toBe(false);
  expect(judgeBehind("s", service, [ready, starting], "app")).toMatchObject({
    open: false,
    reason: expect.stringContaining("service s, pod p: "),
  });
  expect(judgeBehind("s", { metadata: { name: "s" } }, [ready], "app")).toMatchObject({
    open: false,
    reason: expect.stringContaining("no selector"),
  });
});
