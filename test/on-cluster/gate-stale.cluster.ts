import { beforeAll, describe, expect, test } from "bun:test";
import { setTimeout as delay } from "node:timers/promises";
import type { KubernetesClient } from "../../src/kubernetes/client.ts";
import { deployments, pods, replicaSets } from "../../src/kubernetes/resources.ts";
import type { KubernetesObject } from "../../src/kubernetes/types.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { until } from "../cluster/readiness.ts";
import {
  isWaiting,
  type Jobs,
  opensSoonAfter,
  planeWithJobs,
  startGate,
  throughProxy,
  waits,
} from "./gate-fixture.ts";

/** What is known of one object may be old while what is known of another is not. */
let plane: ControlPlane;
let jobs: Jobs;

beforeAll(async () => {
  ({ plane, jobs } = await planeWithJobs("run"));
}, 120_000);

const labels = (name: string, hash?: string) => ({ app: name, ...(hash && { "pod-template-hash": hash }) });
const podSpec = { containers: [{ name: "app", image: "x" }] };
const owner = (kind: string, { metadata: { name, uid } }: KubernetesObject) => [
  { apiVersion: "apps/v1", kind, name, uid, controller: true },
];
const REVISION = "deployment.kubernetes.io/revision";

/** Makes a Deployment as its controller would, of no replicas yet. */
async function deployment(client: KubernetesClient, name: string): Promise<KubernetesObject> {
  const template = { metadata: { labels: labels(name) }, spec: podSpec };
  const metadata = { name, annotations: { [REVISION]: "1" } };
  const spec = { replicas: 2, selector: { matchLabels: labels(name) }, template };
  return client.create<KubernetesObject>(deployments, { metadata, spec } as never);
}

async function replicaSet(client: KubernetesClient, of: KubernetesObject, revision: string) {
  const { name } = of.metadata;
  const own = labels(name, revision);
  const metadata = {
    name: `${name}-${revision}`,
    labels: own,
    annotations: { [REVISION]: revision },
    ownerReferences: owner("Deployment", of),
  };
  const spec = {
    replicas: 0,
    selector: { matchLabels: own },
    template: { metadata: { labels: own }, spec: podSpec },
  };
  return client.create<KubernetesObject>(replicaSets, { metadata, spec } as never);
}

async function pod(client: KubernetesClient, name: string, set: KubernetesObject, isEnding: boolean) {
  const metadata = {
    name,
    labels: set.metadata.labels,
    ownerReferences: owner("ReplicaSet", set),
    finalizers: ["sluice.dev/test"],
  };
  await client.create(pods, { metadata, spec: podSpec } as never);
  const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
  await client.patch(pods, name, { status }, { subresource: "status" });
  if (isEnding) await client.delete(pods, name);
}

describe("a gate is not opened by what is old", () => {
  test("the watch of the pods alone falls silent, while the roll-out finishes and old pods are being ended", async () => {
    const { client } = jobs;
    const { proxy, kubeconfig } = await throughProxy(plane);
    proxy.fault(({ watch, path }) => (watch && path.includes("/pods?") ? { stallAfter: 0 } : undefined));
    const made = await deployment(client, "stale");
    const first = await replicaSet(client, made, "1");
    const gate = await startGate(kubeconfig, ["deployment/stale"]);
    await waits(gate, /has not seen that yet/);
    for (const n of [1, 2]) await pod(client, `stale-old-${n}`, first, true);
    await client.patch(deployments, "stale", { metadata: { annotations: { [REVISION]: "2" } } });
    const second = await replicaSet(client, made, "2");
    for (const n of [1, 2]) await pod(client, `stale-new-${n}`, second, false);
    const finished = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
    // A change of annotations counts as a generation.
    const status = { ...finished, observedGeneration: 2 };
    await client.patch(deployments, "stale", { status }, { subresource: "status" });
    await waits(gate, /updated pods are seen|older revisions are left/);
    await delay(3000);
    expect(await isWaiting(gate)).toBe(true);
  });

  test("a second look finds the old pods that the watch has not told of", async () => {
    const { client } = jobs;
    const { proxy, kubeconfig } = await throughProxy(plane);
    const made = await deployment(client, "second");
    const [first, next] = [await replicaSet(client, made, "1"), await replicaSet(client, made, "2")];
    await client.patch(deployments, "second", { metadata: { annotations: { [REVISION]: "2" } } });
    for (const n of [1, 2]) await pod(client, `second-new-${n}`, next, false);
    proxy.fault(({ watch, path }) => (watch && path.includes("/pods?") ? { stallAfter: 0 } : undefined));
    const status = (updatedReplicas: number) =>
      client.patch(
        deployments,
        "second",
        {
          status: {
            observedGeneration: 2,
            replicas: 2,
            updatedReplicas,
            readyReplicas: 2,
            availableReplicas: 2,
          },
        },
        { subresource: "status" },
      );
    await status(1);
    const gate = await startGate(kubeconfig, ["deployment/second"]);
    await waits(gate, /1 of 2 pods are updated/);
    await until("the watch of the pods", async () =>
      proxy.seen.some(({ watch, path }) => watch && path.includes("/pods?")),
    );
    // Its watch of the pods will not tell of this one.
    await pod(client, "second-old", first, true);
    await status(2);
    await waits(gate, /1 pod of an older revision is left, being ended: second-old/);
    await client.patch(pods, "second-old", { metadata: { finalizers: null } });
    await opensSoonAfter(gate, performance.now(), 5000);
  });

  test("a proxy that ends each watch at once: it is listed again, and what is gone does not count", async () => {
    const { proxy, kubeconfig } = await throughProxy(plane);
    await jobs.create("gone-a");
    await jobs.complete("gone-a");
    await jobs.create("later-b");
    proxy.fault(({ watch, path }) =>
      watch && path.includes("gone-a") ? { answer: { status: 200, body: "" } } : undefined,
    );
    const gate = await startGate(kubeconfig, ["job/gone-a", "job/later-b"]);
    await waits(gate, /later-b: the Job is running/);
    await jobs.delete("gone-a");
    await waits(gate, /gone-a: the Job was deleted/);
    await jobs.complete("later-b");
    await delay(2000);
    expect(await isWaiting(gate)).toBe(true);
    await jobs.create("gone-a");
    await opensSoonAfter(gate, await jobs.complete("gone-a"), 3000);
  });
});
