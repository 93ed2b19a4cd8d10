import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { KubernetesClient } from "../../src/kubernetes/client.ts";
import { connectKubernetes } from "../../src/kubernetes/connect.ts";
import { jobs } from "../../src/kubernetes/resources.ts";
import { type ControlPlane, type ControlPlaneOptions, controlPlane } from "../cluster/control-plane.ts";
import { type ApiProxy, startApiProxy } from "../support/api-proxy.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { type Finished, type Running, startSluice } from "../support/run.ts";
import { standstillSince } from "../support/standstill.ts";
import { tempDir } from "../support/temp.ts";

const AT = "2026-01-01T00:00:00Z";
const LATER = "2026-01-01T00:01:00Z";

/** How long a gate may take to open once the condition holds and the API answers. Milliseconds. */
export const SOON = 2000;

/** Jobs whose states are written by hand. */
export interface Jobs {
  client: KubernetesClient;
  create(name: string, extra?: { labels?: Record<string, string> }): Promise<void>;
  /** Resolves with the time by performance.now() when the API server has answered. */
  complete(name: string): Promise<number>;
  fail(name: string, reason?: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/**
 * An API server of one's own and its Jobs.
 * @param scope when both are ended: with the test, or with the run (in `beforeAll`, for all tests of a file).
 */
export async function planeWithJobs(
  scope: "test" | "run",
  options: ControlPlaneOptions = {},
): Promise<{ plane: ControlPlane; jobs: Jobs }> {
  const plane = await controlPlane(options);
  cleanUpAfter(() => plane.stop(), scope);
  const jobs = await jobsOf(plane);
  cleanUpAfter(() => jobs.client.close(), scope);
  return { plane, jobs };
}

/** Writes Jobs as the administrator. */
async function jobsOf(plane: ControlPlane): Promise<Jobs> {
  const client = await connectKubernetes({ env: {}, kubeconfig: plane.kubeconfig, warn: () => {} });
  const status = (name: string, value: object) =>
    client.patch(jobs, name, { status: value }, { subresource: "status" });
  const conditions = (types: readonly string[], reason?: string) =>
    types.map((type) => ({
      type,
      status: "True",
      lastProbeTime: LATER,
      lastTransitionTime: LATER,
      ...(reason !== undefined && { reason, message: `the Job has ended: ${reason}` }),
    }));
  return {
    client,
    async create(name, { labels = {} } = {}) {
      const template = { spec: { restartPolicy: "Never", containers: [{ name: "migrate", image: "x" }] } };
      await client.create(jobs, { metadata: { name, labels }, spec: { template } });
      await status(name, { active: 1, startTime: AT });
    },
    async complete(name) {
      const done = conditions(["SuccessCriteriaMet", "Complete"]);
      await status(name, { active: 0, succeeded: 1, completionTime: LATER, conditions: done });
      return performance.now();
    },
    async fail(name, reason = "BackoffLimitExceeded") {
      await status(name, {
        active: 0,
        failed: 1,
        conditions: conditions(["FailureTarget", "Failed"], reason),
      });
    },
    delete: async (name) => void (await client.delete(jobs, name)),
  };
}

/** Starts `sluice wait` as a process of its own. */
export function startGate(
  kubeconfig: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Running> {
  return startSluice(["wait", ...args], { env: { KUBECONFIG: kubeconfig, ...env } });
}

/** Expects a gate to wait, for the reason given. */
export async function waits(gate: Running, reason: RegExp, timeoutMs?: number): Promise<void> {
  await gate.waitForOutput(reason, timeoutMs);
}

/**
 * Expects a gate to open within two seconds after `since` (by performance.now()). The time for which the machine stood
 * still is not the gate's.
 */
export async function opensSoonAfter(gate: Running, since: number, limit = SOON): Promise<Finished> {
  const finished = await gate.done;
  expect([finished.code, finished.code === 0 ? "" : finished.stderr]).toEqual([0, ""]);
  expect(performance.now() - since).toBeLessThan(limit + standstillSince(since));
  return finished;
}

/** Whether a gate still waits. Its end is known a turn of the event loop after it, not at once. */
export async function isWaiting(gate: Running): Promise<boolean> {
  let ended = false;
  void gate.done.then(() => {
    ended = true;
  });
  await nextTurn();
  return !ended;
}

/**
 * A proxy in front of the API server that can break each request, and a kubeconfig that leads through it. Whoever
 * comes through it is the user of `kubeconfig`, where its certificate is given to the proxy: the administrator.
 */
export async function throughProxy({
  kubectl,
}: Pick<ControlPlane, "kubectl">): Promise<{ proxy: ApiProxy; kubeconfig: string }> {
  const config = JSON.parse(await kubectl(["config", "view", "--raw", "-o", "json"]));
  const [{ user }, { cluster }] = [config.users[0], config.clusters[0]];
  const pem = (data: string) => Buffer.from(data, "base64").toString();
  const proxy = await startApiProxy({
    target: cluster.server,
    targetCa: pem(cluster["certificate-authority-data"]),
    clientCert: pem(user["client-certificate-data"]),
    clientKey: pem(user["client-key-data"]),
  });
  const kubeconfig = join(tempDir(), "kubeconfig");
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(proxy.url)));
  return { proxy, kubeconfig };
}

/** A kubeconfig with one cluster, by plain HTTP or with the certificate authority given, and a user. */
export function kubeconfigOf(server: string, user: object = {}, ca?: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "it",
    contexts: [{ name: "it", context: { cluster: "it", user: "it", namespace: "default" } }],
    clusters: [
      {
        name: "it",
        cluster: {
          server,
          ...(ca !== undefined && { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
        },
      },
    ],
    users: [{ name: "it", user }],
  };
}
