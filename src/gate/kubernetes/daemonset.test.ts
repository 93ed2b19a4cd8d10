import { describe, expect, test } from "bun:test";
import type { ControllerRevision, Pod, Workload } from "../../kubernetes/types.ts";
import { judgeDaemonSet } from "./daemonset.ts";
import { gone, owner, workload } from "./testing/workload.ts";

describe("DaemonSet", () => {
  const pod = (name: string, hash: string, more: object = {}): Pod => ({
    metadata: {
      name,
      uid: name,
      labels: { "controller-revision-hash": hash },
      ownerReferences: owner("DaemonSet", "api", "w"),
      ...more,
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  });
  const revision = (hash: string, number: number, uid = "w"): ControllerRevision => ({
    metadata: {
      name: `api-${hash}`,
      labels: { "controller-revision-hash": hash },
      ownerReferences: owner("DaemonSet", "api", uid),
    },
    revision: number,
  });
  const done = { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };
  const pods = [pod("api-x", "new"), pod("api-y", "new")];
  const known = [revision("old", 1), revision("new", 2), revision("other", 9, "earlier")];
  const judge = (status: Workload["status"], given = pods, spec: object = {}, revisions = known) =>
    judgeDaemonSet({ workload: workload(spec, status), pods: given, revisions });

  test("opens when it is finished, also after a roll-back", () => {
    expect(judge(done)).toEqual({ open: true });
    expect(judge(done, pods, {}, [revision("new", 3), revision("old", 2)])).toEqual({ open: true });
    expect(judge({ desiredNumberScheduled: 0 }, [])).toMatchObject({
      open: true,
      note: expect.stringMatching(/no node/),
    });
  });

  const mixed = [pod("api-x", "old"), pod("api-y", "new")];
  test.each<[string, ReturnType<typeof judge>, RegExp]>([
    ["no number in the status", judge({}), /has not said yet how many/],
    ["no revision known", judge(done, pods, {}, []), /ControllerRevision of its newest/],
    ["half updated", judge({ ...done, updatedNumberScheduled: 1 }, mixed), /1 of 2 pods are updated/],
    [
      "the numbers of updated and available left out",
      judge({ desiredNumberScheduled: 2 }),
      /0 of 2 pods are updated/,
    ],
    [
      "two revisions of one number",
      judge(done, pods, {}, [revision("old", 2), revision("new", 2)]),
      /is not there yet/,
    ],
    [
      "an old pod without a controller",
      judge(done, [...pods, pod("api-z", "old", { ownerReferences: [] })]),
      /older revision/,
    ],
    ["one not available", judge({ ...done, numberAvailable: 1 }), /1 of 2 pods are available/],
    ["an old pod being ended", judge(done, [...pods, pod("api-z", "old", gone)]), /being ended: api-z/],
    [
      "OnDelete with old pods",
      judge({ ...done, updatedNumberScheduled: 1 }, mixed, { updateStrategy: { type: "OnDelete" } }),
      /OnDelete/,
    ],
    [
      "none wanted, and an old pod left",
      judge({ desiredNumberScheduled: 0 }, [pod("api-z", "old", gone)]),
      /older revision/,
    ],
  ])("stays closed: %s", (_, verdict, reason) => {
    expect(verdict).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
  });
});
