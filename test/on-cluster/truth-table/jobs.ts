import { jobs } from "../../../src/kubernetes/resources.ts";
import { fieldsInWords, product, type State, type StateObject } from "./state.ts";

/**
 * Jobs. By the API reference (JobStatus) a Job has finished its work when, and only when, its condition Complete is
 * True; the counters, SuccessCriteriaMet and FailureTarget say what is about to happen.
 */
const CONDITIONS = ["Suspended", "SuccessCriteriaMet", "FailureTarget", "Complete", "Failed"] as const;

const ENDED = { succeeded: 1 };

/** The counters of a Job's status as it lives: just made, starting, running, between retries, ended, ending. */
const COUNTERS: readonly Record<string, number>[] = [
  {},
  { active: 1, ready: 0 },
  { active: 1, ready: 1 },
  { active: 1, ready: 0, failed: 1 },
  { failed: 1 },
  ENDED,
  { succeeded: 1, failed: 1 },
  { terminating: 1, succeeded: 1 },
  { terminating: 1, failed: 1 },
];

const TIME = "2026-01-01T00:00:00Z";
const LATER = "2026-01-01T00:01:00Z";

interface Shape {
  name?: string;
  conditions: readonly { type: string; status: string }[];
  counters?: Record<string, number>;
  suspend?: boolean;
  completions?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deleted?: boolean;
}

function job(shape: Shape): StateObject {
  const { conditions, counters = {}, suspend = false } = shape;
  const is = (type: string) => conditions.some((one) => one.type === type && one.status === "True");
  return {
    resource: jobs,
    object: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {
        name: shape.name ?? "{name}",
        ...(shape.labels && { labels: shape.labels }),
        ...(shape.annotations && { annotations: shape.annotations }),
        // Keeps the object in the state of being deleted.
        ...(shape.deleted && { finalizers: ["sluice.dev/test"], deletionTimestamp: TIME }),
      },
      spec: {
        suspend,
        ...(shape.completions !== undefined && {
          completions: shape.completions,
          parallelism: shape.completions,
        }),
        template: {
          spec: { restartPolicy: "Never", containers: [{ name: "migrate", image: "sluice" }] },
        },
      },
      status: {
        ...counters,
        ...(!suspend && Object.keys(counters).length > 0 && { startTime: TIME }),
        ...(is("Complete") && { startTime: TIME, completionTime: LATER }),
        ...(conditions.length > 0 && {
          conditions: conditions.map((one) => ({
            ...one,
            lastProbeTime: LATER,
            lastTransitionTime: LATER,
            ...(["Failed", "FailureTarget"].includes(one.type) && { reason: "BackoffLimitExceeded" }),
          })),
        }),
      },
    },
  };
}

const complete = [
  { type: "SuccessCriteriaMet", status: "True" },
  { type: "Complete", status: "True" },
];
const running = { conditions: [], counters: { active: 1, ready: 1 } };
const TARGET = { target: "job/{name}" } as const;
const kubectl = ["wait", "--for=condition=complete", "job/{name}", "--timeout=0"];

/** Every set of conditions, with every shape of the counters, suspended or not. */
function byConditions(): State[] {
  const sets = product(Object.fromEntries(CONDITIONS.map((type) => [type, [false, true]])));
  return product({ set: sets, counters: COUNTERS, suspend: [false, true] }).map(
    ({ set, counters, suspend }) => {
      const types = CONDITIONS.filter((type) => set[type]);
      return {
        ...TARGET,
        group: "Job: conditions that are True, counters",
        words: `${types.join(" ") || "no condition"}; ${fieldsInWords(counters)}${suspend ? "; spec.suspend" : ""}`,
        objects: [job({ conditions: types.map((type) => ({ type, status: "True" })), counters, suspend })],
        // Both at once contradict each other: the server allows one of the two.
        opens: types.includes("Complete") && !types.includes("Failed"),
        // Once for each set: a second opinion costs a process.
        ...(counters === ENDED && !suspend && { kubectl }),
      };
    },
  );
}

/** Only "True" is true (Kubernetes API conventions, "Typical status properties"). */
function byStatus(): State[] {
  return product({ type: CONDITIONS, status: ["False", "Unknown"], active: [0, 1] }).map(
    ({ type, status, active }) => ({
      ...TARGET,
      group: "Job: a condition that is not True",
      words: `${type}=${status}; ${active === 0 ? "succeeded=1" : "active=1"}`,
      objects: [
        job({
          conditions: [{ type, status }],
          counters: active === 0 ? { succeeded: 1 } : { active: 1, ready: 1 },
        }),
      ],
      opens: false,
    }),
  );
}

function byCompletions(): State[] {
  return product({ succeeded: [0, 1, 2, 3], active: [0, 1], done: [false, true] })
    .filter(({ succeeded, active, done }) => !done || (succeeded === 3 && active === 0))
    .map(({ succeeded, active, done }) => ({
      ...TARGET,
      group: "Job: three completions",
      words: `${succeeded} succeeded, ${active} active${done ? "; Complete" : ""}`,
      objects: [
        job({
          completions: 3,
          conditions: done ? complete : [],
          counters: { succeeded, active, ready: active },
        }),
      ],
      opens: done,
      kubectl,
    }));
}

/** Only exactly this name, and this identity. */
function byNameAndIdentity(): State[] {
  const group = "Job: name and identity";
  const done = { conditions: complete, counters: { succeeded: 1 } };
  const identity = ["sluice.dev/run=42"];
  const key = "sluice.dev/run";
  const other = (name: string, words: string): State => ({
    ...TARGET,
    group,
    words,
    objects: [job({ ...done, name })],
    opens: false,
    kubectl,
  });
  const identified = (words: string, shape: Partial<Shape>, opens: boolean): State => ({
    ...TARGET,
    group,
    words: `--identity ${identity}: ${words}`,
    identity,
    objects: [job({ ...done, ...shape })],
    opens,
  });
  return [
    { ...TARGET, group, words: "there is no such Job", objects: [], opens: false, kubectl },
    other("{name}0", "only NAME0 is there, Complete"),
    other("{name}-10", "only NAME-10 is there, Complete"),
    other("x-{name}", "only x-NAME is there, Complete"),
    {
      ...TARGET,
      group,
      words: "NAME runs, NAME0 is Complete",
      objects: [job(running), job({ ...done, name: "{name}0" })],
      opens: false,
      kubectl,
    },
    {
      ...TARGET,
      group,
      words: "NAME is Complete, NAME0 runs",
      objects: [job(done), job({ ...running, name: "{name}0" })],
      opens: true,
      kubectl,
    },
    identified("label has it", { labels: { [key]: "42" } }, true),
    identified("annotation has it", { annotations: { [key]: "42" } }, true),
    identified("label has another value", { labels: { [key]: "41" } }, false),
    identified("annotation has another value", { annotations: { [key]: "41" } }, false),
    identified("a value that begins with it", { annotations: { [key]: "421" } }, false),
    identified("neither has it", {}, false),
    identified("label has it, Job runs", { ...running, labels: { [key]: "42" } }, false),
  ];
}

/** A Job that is being deleted makes room for another one of its name. */
function byDeletion(): State[] {
  return [
    { conditions: complete, counters: { succeeded: 1 } },
    running,
    { conditions: [{ type: "Failed", status: "True" }], counters: { failed: 1 } },
  ].map((shape) => ({
    ...TARGET,
    group: "Job: being deleted",
    words: `deletionTimestamp set; ${shape.conditions.at(-1)?.type ?? "running"}`,
    objects: [job({ ...shape, deleted: true })],
    opens: false,
  }));
}

/** A selector needs a match, and all that match must hold. */
function bySelector(): State[] {
  const labels = { set: "{name}" };
  const done = job({ conditions: complete, counters: { succeeded: 1 }, labels, name: "{name}-a" });
  const both = (words: string, second: StateObject, opens: boolean): State => ({
    target: "job -l set={name}",
    group: "Job: selector",
    words,
    objects: [done, second],
    opens,
  });
  const alone = (words: string, objects: StateObject[], opens: boolean): State => ({
    target: "job -l set={name}",
    group: "Job: selector",
    words,
    objects,
    opens,
  });
  const name = "{name}-b";
  const failed = [
    { type: "FailureTarget", status: "True" },
    { type: "Failed", status: "True" },
  ];
  return [
    alone("no match", [job({ conditions: complete, counters: { succeeded: 1 } })], false),
    alone("one, Complete", [done], true),
    both("two, both Complete", job({ conditions: complete, counters: { succeeded: 1 }, labels, name }), true),
    both("Complete and running", job({ ...running, labels, name }), false),
    both("Complete and just made", job({ conditions: [], labels, name }), false),
    both("Complete and Failed", job({ conditions: failed, counters: { failed: 1 }, labels, name }), false),
    both("Complete and suspended", job({ conditions: [], suspend: true, labels, name }), false),
  ];
}

/** All states of Jobs. */
export function jobStates(): State[] {
  return [
    ...byConditions(),
    ...byStatus(),
    ...byCompletions(),
    ...byNameAndIdentity(),
    ...byDeletion(),
    ...bySelector(),
  ];
}
