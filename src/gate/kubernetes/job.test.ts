import { describe, expect, test } from "bun:test";
import type { Job } from "../../kubernetes/types.ts";
import { judgeJob } from "./job.ts";

const is = (type: string, status = "True", more: object = {}) => ({ type, status, ...more });

function job(status: Job["status"], spec: Job["spec"] = {}, metadata: object = {}): Job {
  return { metadata: { name: "migrate", uid: "1", ...metadata }, spec, ...(status && { status }) };
}

describe("a Job opens the gate", () => {
  test.each<[string, Job]>([
    [
      "Complete, as servers since 1.31 write it",
      job({ succeeded: 1, conditions: [is("SuccessCriteriaMet"), is("Complete")] }),
    ],
    [
      "Complete without SuccessCriteriaMet (before 1.31)",
      job({ succeeded: 1, conditions: [is("Complete")] }),
    ],
    ["Complete after a failed pod (J6)", job({ succeeded: 1, failed: 1, conditions: [is("Complete")] })],
    [
      "Complete, with a pod that the server never counted out (before 1.31)",
      job({ succeeded: 1, active: 1, conditions: [is("Complete")] }),
    ],
    [
      "Complete, with pods still ending, which it never counts out either",
      job({ succeeded: 1, terminating: 1, conditions: [is("Complete")] }),
    ],
    ["Complete with 3 completions", job({ succeeded: 3, conditions: [is("Complete")] }, { completions: 3 })],
    ["Complete, and Failed said to be False", job({ conditions: [is("Complete"), is("Failed", "False")] })],
    ["Complete, and resumed before", job({ conditions: [is("Suspended", "False"), is("Complete")] })],
    ["Complete, and suspended afterwards", job({ conditions: [is("Complete")] }, { suspend: true })],
    ["Complete, with unknown conditions of later versions", job({ conditions: [is("New"), is("Complete")] })],
  ])("%s", (_, object) => {
    expect(judgeJob(object)).toEqual({ open: true });
  });
});

describe("a Job keeps it closed", () => {
  test.each<[string, Job, RegExp]>([
    ["no status at all", job(undefined), /no pod yet/],
    ["an empty status (J0)", job({}), /no pod yet/],
    [
      "a pod that is not counted yet",
      job({ uncountedTerminatedPods: { failed: ["x"] } }),
      /is not counted yet/,
    ],
    ["an empty list of conditions", job({ conditions: [] }), /no pod yet/],
    ["active (J1, J2)", job({ active: 1, ready: 0 }), /is running$/],
    ["active without the field ready (before 1.24)", job({ active: 1 }), /is running$/],
    [
      "a pause between two tries (J4)",
      job({ failed: 1 }, { backoffLimit: 3 }),
      /try again, after 1 failed pod \(backoffLimit 3\)/,
    ],
    ["a second try (J5)", job({ active: 1, failed: 2 }), /is running, after 2 failed pods/],
    ["suspended (J9)", job({}, { suspend: true }), /suspended/],
    ["suspended by its condition", job({ conditions: [is("Suspended")] }), /suspended/],
    ["1 of 3 completions (J10)", job({ succeeded: 1 }, { completions: 3 }), /1 of 3 completions/],
    ["succeeded without a condition", job({ succeeded: 1 }), /not complete yet/],
    [
      "FailureTarget (J11)",
      job({ terminating: 1, conditions: [is("FailureTarget", "True", { reason: "PodFailurePolicy" })] }),
      /about to fail.*PodFailurePolicy/,
    ],
    [
      "SuccessCriteriaMet (J12)",
      job({ terminating: 1, succeeded: 1, conditions: [is("SuccessCriteriaMet")] }),
      /waits for its pods to end/,
    ],
    ["Complete said to be False", job({ conditions: [is("Complete", "False")] }), /no pod yet/],
    [
      "Complete said to be Unknown",
      job({ succeeded: 1, conditions: [is("Complete", "Unknown")] }),
      /not complete/,
    ],
    ["Complete in another case", job({ succeeded: 1, conditions: [is("complete")] }), /not complete/],
    [
      "Complete said twice, differently",
      job({ conditions: [is("Complete"), is("Complete", "False")] }),
      /no pod/,
    ],
    [
      "Complete and Failed at once",
      job({ conditions: [is("Complete"), is("Failed")] }),
      /Complete and Failed at once/,
    ],
    [
      "Complete, and being deleted",
      job({ conditions: [is("Complete")] }, {}, { deletionTimestamp: "2026-01-01T00:00:00Z" }),
      /being deleted/,
    ],
  ])("%s", (_, object, reason) => {
    const verdict = judgeJob(object);
    expect(verdict).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
    expect(verdict).not.toHaveProperty("failed");
  });

  test.each([
    ["BackoffLimitExceeded (J7)", { failed: 7 }, "BackoffLimitExceeded"],
    ["DeadlineExceeded without a failed pod (J8)", {}, "DeadlineExceeded"],
  ])("and has failed: %s", (_, counters, reason) => {
    const object = job({ ...counters, conditions: [is("Failed", "True", { reason, message: "too\nlong" })] });
    expect(judgeJob(object)).toMatchObject({
      open: false,
      failed: 3,
      reason: `the Job failed: ${reason}: too long`,
    });
  });
});

describe("--identity", () => {
  const complete = { conditions: [is("Complete")] };
  const asked = [{ key: "sluice.dev/release", value: "42" }];

  test.each([
    ["a label", { labels: { "sluice.dev/release": "42" } }],
    ["an annotation", { annotations: { "sluice.dev/release": "42" } }],
    ["both", { labels: { "sluice.dev/release": "42" }, annotations: { "sluice.dev/release": "42" } }],
  ])("is found in %s", (_, marks) => {
    expect(judgeJob(job(complete, {}, marks), asked).open).toBe(true);
  });

  test.each([
    [
      "which label and annotation contradict",
      { labels: { "sluice.dev/release": "41" }, annotations: { "sluice.dev/release": "42" } },
      /is "41", not "42"/,
    ],
    ["of an earlier release", { labels: { "sluice.dev/release": "41" } }, /is "41", not "42"/],
    ["of none", {}, /no label or annotation sluice.dev\/release/],
    ["of one that begins like it", { labels: { "sluice.dev/release": "421" } }, /is "421"/],
  ])("a Job %s is another one, also where it failed", (_, marks, reason) => {
    for (const status of [complete, { conditions: [is("Failed")] }]) {
      const verdict = judgeJob(job(status, {}, marks), asked);
      expect(verdict).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
      expect(verdict).not.toHaveProperty("failed");
    }
  });

  test("all of several must be there", () => {
    const both = [...asked, { key: "app", value: "a" }];
    expect(judgeJob(job(complete, {}, { labels: { "sluice.dev/release": "42" } }), both).open).toBe(false);
    expect(judgeJob(job(complete, {}, { labels: { "sluice.dev/release": "42", app: "a" } }), both).open).toBe(
      true,
    );
  });
});
