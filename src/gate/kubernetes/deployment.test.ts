import { describe, expect, test } from "bun:test";
import type { KubernetesObject, Pod, Workload } from "../../kubernetes/types.ts";
import { judgeDeployment } from "./deployment.ts";
import { gone, owner, workload } from "./testing/workload.ts";

const REVISION = "deployment.kubernetes.io/revision";

describe("Deployment", () => {
  const set = (
    name: string,
    uid: string,
    revision: string,
    of = owner("Deployment", "api", "w"),
  ): KubernetesObject => ({
    metadata: { name, uid, annotations: { [REVISION]: revision }, ownerReferences: of },
  });
  const [old, young] = [set("api-a", "a", "1"), set("api-b", "b", "2")];
  const pod = (name: string, of: string, more: object = {}, status: Pod["status"] = {}): Pod => ({
    metadata: { name, uid: name, ownerReferences: owner("ReplicaSet", `api-${of}`, of), ...more },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }], ...status },
  });
  const done = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
  const second = { annotations: { [REVISION]: "2" } };
  const pods = [pod("api-b-1", "b"), pod("api-b-2", "b")];
  const judge = (
    status: Workload["status"],
    more: { spec?: Workload["spec"]; pods?: Pod[]; sets?: KubernetesObject[]; metadata?: object } = {},
  ) =>
    judgeDeployment({
      workload: workload({ replicas: 2, ...more.spec }, status, more.metadata ?? second),
      pods: more.pods ?? pods,
      revisions: more.sets ?? [old, young],
    });

  test.each<[string, ReturnType<typeof judge>]>([
    ["finished", judge(done)],
    [
      "an evicted pod of the old revision lies around",
      judge(done, { pods: [...pods, pod("api-a-1", "a", {}, { phase: "Failed", reason: "Evicted" })] }),
    ],
    [
      "a pod of the old revision has ended",
      judge(done, { pods: [...pods, pod("api-a-1", "a", gone, { phase: "Succeeded" })] }),
    ],
    ["a terminating pod of the newest revision", judge(done, { pods: [...pods, pod("api-b-3", "b", gone)] })],
    [
      "a pod of another Deployment whose selector overlaps",
      judge(done, {
        pods: [...pods, pod("other-1", "o")],
        sets: [old, young, set("other-x", "o", "1", owner("Deployment", "other", "x"))],
      }),
    ],
    [
      "a pod without a controller",
      judge(done, { pods: [...pods, { metadata: { name: "debug" }, status: { phase: "Running" } }] }),
    ],
    [
      "rolled back: the newest revision is an old ReplicaSet",
      judge(done, {
        sets: [set("api-b", "b", "3"), set("api-a", "a", "2")],
        metadata: { annotations: { [REVISION]: "3" } },
      }),
    ],
    ["paused after it was finished", judge(done, { spec: { paused: true } })],
  ])("opens: %s", (_, verdict) => {
    expect(verdict).toEqual({ open: true });
  });

  test("none wanted is finished, and noted", () => {
    const verdict = judge({ observedGeneration: 2 }, { spec: { replicas: 0 }, pods: [] });
    expect(verdict).toEqual({ open: true, note: "no replicas are wanted" });
    expect(judge({}, { spec: { replicas: 0 }, pods: [pod("api-a-1", "a", gone)] }).open).toBe(false);
  });

  test.each<[string, ReturnType<typeof judge>, RegExp]>([
    ["nothing updated", judge({ replicas: 2, availableReplicas: 2 }), /0 of 2 pods are updated/],
    ["one updated", judge({ ...done, updatedReplicas: 1 }), /1 of 2 pods are updated/],
    [
      "an old one counted",
      judge({ ...done, replicas: 3, availableReplicas: 3 }),
      /1 old pod is still counted/,
    ],
    ["one not available", judge({ ...done, availableReplicas: 1 }), /1 of 2 updated pods are available/],
    ["the number of available missing", judge({ ...done, availableReplicas: undefined } as never), /0 of 2/],
    [
      "an old pod being ended, which the status does not count",
      judge(done, { pods: [...pods, pod("api-a-1", "a", gone)] }),
      /1 pod of an older revision is left, being ended: api-a-1/,
    ],
    [
      "an old pod that runs",
      judge(done, { pods: [...pods, pod("api-a-1", "a"), pod("api-a-2", "a", gone)] }),
      /2 pods of older revisions are left, 1 of them being ended/,
    ],
    [
      "an old pod whose ReplicaSet is gone",
      judge(done, { pods: [...pods, pod("api-a-1", "a", gone)], sets: [young] }),
      /older revision/,
    ],
    [
      "a pod of an earlier Deployment of the same name",
      judge(done, {
        pods: [...pods, pod("api-a-1", "a")],
        sets: [set("api-a", "a", "2", owner("Deployment", "api", "earlier")), young],
      }),
      /older revision/,
    ],
    [
      "an old pod that its ReplicaSet was deleted without",
      judge(done, {
        pods: [...pods, pod("api-a-1", "a", { labels: { "pod-template-hash": "a" }, ownerReferences: [] })],
        sets: [young],
      }),
      /older revision/,
    ],
    ["its pods not seen yet", judge(done, { pods: [] }), /0 of 2 updated pods are seen/],
    [
      "paused with a new template and none wanted, so that the old ReplicaSet has its newest number",
      judge(
        { observedGeneration: 2 },
        { spec: { replicas: 0, paused: true }, pods: [pod("api-b-1", "b", gone)] },
      ),
      /older revision/,
    ],
    ["no revision on the Deployment", judge(done, { metadata: {} }), /ReplicaSet of its newest revision/],
    ["its ReplicaSet not seen yet", judge(done, { sets: [old] }), /ReplicaSet of its newest revision/],
    [
      "the ReplicaSet of another Deployment with that revision",
      judge(done, { sets: [set("x", "x", "2", owner("Deployment", "x", "x"))] }),
      /ReplicaSet of its newest/,
    ],
    ["paused", judge({ replicas: 2, availableReplicas: 2 }, { spec: { paused: true } }), /is paused; 0 of 2/],
    [
      "a quota",
      judge({
        conditions: [
          { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" },
        ],
      }),
      /FailedCreate: exceeded quota/,
    ],
    [
      "replicas missing in the spec, and none there",
      judge({}, { spec: { replicas: undefined } as never }),
      /0 of 1/,
    ],
  ])("stays closed: %s", (_, verdict, reason) => {
    expect(verdict).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
    expect(verdict).not.toHaveProperty("failed");
  });

  test("ProgressDeadlineExceeded has failed, with the reason of a pod", () => {
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    const stuck = pod(
      "api-b-1",
      "b",
      {},
      {
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [{ name: "api", state: { waiting: { reason: "ImagePullBackOff" } } }],
      },
    );
    expect(judge({ ...done, availableReplicas: 0, conditions }, { pods: [stuck] })).toMatchObject({
      failed: 3,
      reason:
        "the roll-out has failed: ProgressDeadlineExceeded; pod api-b-1: container api: ImagePullBackOff",
    });
  });

  describe("a new pod in which a command of Sluice has ended", () => {
    const record = JSON.stringify({ code: "SL4020", message: "1_orders.sql: division by zero" });
    const withExit = (exitCode: number, message: string) => {
      const lastState = { terminated: { exitCode, reason: "Error", message } };
      const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s" };
      const status = {
        conditions: [{ type: "Ready", status: "False" }],
        initContainerStatuses: [{ name: "sluice-migrate", state: { waiting }, lastState }],
      };
      return judge({ ...done, availableReplicas: 0 }, { pods: [pod("api-b-1", "b", {}, status)] });
    };

    test("with a status that cannot pass by itself has failed, with its error", () => {
      expect(withExit(3, record)).toMatchObject({
        failed: 3,
        reason: expect.stringMatching(/api-b-1: container sluice-migrate: .*SL4020: .*division by zero$/),
      });
    });

    test.each<[string, number, string]>([
      ["with one that may pass", 69, record],
      ["by a signal", 143, record],
      ["waiting, without an error", 3, JSON.stringify({ message: "waiting for schema" })],
      ["and was another program's", 3, "no such table"],
    ])("%s has not failed", (_, exitCode, message) => {
      expect(withExit(exitCode, message)).not.toHaveProperty("failed");
    });
  });
});
