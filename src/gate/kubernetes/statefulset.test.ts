import { describe, expect, test } from "bun:test";
import type { Pod, Workload } from "../../kubernetes/types.ts";
import { judgeStatefulSet } from "./statefulset.ts";
import { gone, owner, workload } from "./testing/workload.ts";

describe("StatefulSet", () => {
  const pod = (name: string, hash: string, more: object = {}, uid = "w"): Pod => ({
    metadata: {
      name,
      uid: name,
      labels: { "controller-revision-hash": hash },
      ownerReferences: owner("StatefulSet", "api", uid),
      ...more,
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  });
  const done = {
    updateRevision: "new",
    currentRevision: "new",
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
  };
  const pods = [pod("api-0", "new"), pod("api-1", "new")];
  const judge = (status: Workload["status"], given = pods, spec: object = {}) =>
    judgeStatefulSet({ workload: workload({ replicas: 2, ...spec }, status), pods: given });

  test.each<[string, ReturnType<typeof judge>]>([
    ["finished", judge(done)],
    ["the current revision not caught up yet, all pods new", judge({ ...done, currentRevision: "old" })],
    ["without availableReplicas (before 1.22)", judge({ ...done, availableReplicas: undefined } as never)],
    ["OnDelete, all deleted once", judge(done, pods, { updateStrategy: { type: "OnDelete" } })],
    [
      "a partition, and nothing to update",
      judge(done, pods, { updateStrategy: { rollingUpdate: { partition: 1 } } }),
    ],
    [
      "a pod that somebody else owns",
      judge(done, [...pods, { metadata: { name: "x" }, status: { phase: "Running" } }]),
    ],
  ])("opens: %s", (_, verdict) => {
    expect(verdict).toEqual({ open: true });
  });

  test("none wanted is finished, and noted", () => {
    expect(judge({ updateRevision: "new" }, [], { replicas: 0 })).toMatchObject({
      open: true,
      note: expect.stringMatching(/no replicas/),
    });
    expect(judge({ updateRevision: "new" }, [pod("api-0", "old", gone)], { replicas: 0 }).open).toBe(false);
  });

  const mixed = [pod("api-0", "old"), pod("api-1", "new")];
  test.each<[string, ReturnType<typeof judge>, RegExp]>([
    ["no update revision", judge({ ...done, updateRevision: undefined } as never), /has not said yet/],
    ["half updated", judge({ ...done, updatedReplicas: 1 }, mixed), /1 of 2 pods are updated/],
    ["the status ahead of the pods", judge(done, mixed), /1 of 2 pods are updated/],
    [
      "an old pod beside enough new ones",
      judge(done, [...pods, pod("api-2", "old", gone)]),
      /being ended: api-2/,
    ],
    [
      "a pod of an earlier StatefulSet",
      judge(done, [...pods, pod("api-2", "new", gone, "earlier")]),
      /older revision/,
    ],
    [
      "a pod without the label",
      judge(done, [...pods, pod("api-2", "new", { labels: {} })]),
      /older revision/,
    ],
    ["one not available", judge({ ...done, availableReplicas: 1 }), /1 of 2 pods are available/],
    [
      "minReadySeconds on a server that does not say who is available",
      judge({ ...done, availableReplicas: undefined } as never, pods, { minReadySeconds: 5 }),
      /0 of 2 pods are available/,
    ],
    [
      "a partition that keeps old pods",
      judge({ ...done, updatedReplicas: 1 }, mixed, { updateStrategy: { rollingUpdate: { partition: 1 } } }),
      /partition is 1/,
    ],
    [
      "OnDelete with old pods",
      judge({ ...done, updatedReplicas: 1 }, mixed, { updateStrategy: { type: "OnDelete" } }),
      /OnDelete: they are replaced when somebody deletes/,
    ],
  ])("stays closed: %s", (_, verdict, reason) => {
    expect(verdict).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
  });
});
