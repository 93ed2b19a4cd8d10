import { expect, test } from "bun:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Verdict } from "../../src/gate/condition.ts";
import { clusterOf } from "../../src/gate/kubernetes/cluster.ts";
import { readTargets, type TargetContext } from "../../src/gate/targets.ts";
import { connectKubernetes } from "../../src/kubernetes/connect.ts";
import type { ApiProxy } from "../support/api-proxy.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { standstillSince } from "../support/standstill.ts";
import { type Jobs, planeWithJobs, SOON, throughProxy } from "./gate-fixture.ts";

/** Gates at the same time. */
const AT_ONCE = 24;
/** Opened later than this it is as good as not at all. Milliseconds. */
const LIMIT = 30_000;

/**
 * The event that says Complete is cut at each of its bytes, by a reset and by an orderly end. The gate opens by
 * what it lists then; a torn line opens nothing and ends nothing.
 */
test("the connection is cut at every byte of the event that would open the gate", async () => {
  const { plane, jobs } = await planeWithJobs("test");
  const { proxy, kubeconfig } = await throughProxy(plane);
  const client = await connectKubernetes({ env: {}, kubeconfig, warn: () => {} });
  cleanUpAfter(() => client.close());

  /** Resolves to the milliseconds from Complete to open, and how many of them the process stood still. */
  async function gateCutAt(name: string): Promise<{ ms: number; standstill: number }> {
    await jobs.create(name);
    const [read] = readTargets([`job/${name}`], { selectors: [], identities: [], wanted: undefined });
    const cluster = clusterOf(client, () => {});
    const context = { cluster: { open: async () => cluster, close: async () => {} } };
    const condition = await read?.make(context as unknown as TargetContext);
    const ended = new AbortController();
    const verdicts: Verdict[] = [];
    try {
      const opened = new Promise<number>((resolve, reject) => {
        condition
          ?.watch((verdict) => {
            verdicts.push(verdict);
            if (verdict.open) resolve(performance.now());
          }, ended.signal)
          .catch(reject);
      });
      await watchOf(proxy, name);
      // Before Complete is written nothing may have opened, whatever was cut.
      if (verdicts.some(({ open }) => open)) throw new Error(`${name} opened before its Job was Complete`);
      const completed = await jobs.complete(name);
      const limit = delay(LIMIT, undefined, { signal: ended.signal }).catch(() => {});
      const at = await Promise.race([opened, limit]);
      if (at === undefined) throw new Error(`${name} did not open: ${JSON.stringify(verdicts.at(-1))}`);
      return { ms: at - completed, standstill: standstillSince(completed) };
    } finally {
      ended.abort();
    }
  }

  const length = await eventLength(plane.kubectl, jobs);
  expect(length).toBeGreaterThan(500);
  const cases = Array.from({ length: length + 2 }, (_, byte) => byte).flatMap((byte) => [
    { name: `cut-${byte}`, fault: { cutAfter: byte } },
    ...(byte % 4 === 0 ? [{ name: `end-${byte}`, fault: { endAfter: byte } }] : []),
  ]);
  const first = new Set<string>();
  proxy.fault(({ path, watch }) => {
    const name = /metadata\.name(?:%3D|=)([a-z]+-\d+)/i.exec(path)?.[1] ?? "";
    // Only the first watch of each Job is cut.
    if (!watch || first.has(name)) return undefined;
    first.add(name);
    return cases.find((one) => one.name === name)?.fault;
  });
  const late: string[] = [];
  let next = 0;
  const worker = async () => {
    for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
      const { ms, standstill } = await gateCutAt(one.name);
      // No more than a second: it is this process in which the gates run, and not all of that is the machine's.
      if (ms > SOON + Math.min(1000, standstill)) late.push(`${one.name}: ${Math.round(ms)} ms`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  expect(late).toEqual([]);
  expect(first.size).toBe(cases.length);
}, 600_000);

/** Resolves when the watch of that Job has reached the proxy. */
async function watchOf(proxy: ApiProxy, name: string): Promise<void> {
  const pattern = new RegExp(`metadata\\.name(?:%3D|=)${name}(?:&|$)`, "i");
  for (let tries = 0; tries < 6000; tries++, await delay(5)) {
    if (proxy.seen.some(({ path, watch }) => watch && pattern.test(path))) return;
  }
  throw new Error(`${name}: no watch`);
}

/** Bytes of the line that says Complete, as the API server sends it. */
async function eventLength(
  kubectl: (args: readonly string[]) => Promise<string>,
  jobs: Jobs,
): Promise<number> {
  await jobs.create("cut-9999");
  await jobs.complete("cut-9999");
  const object = await kubectl(["get", "--raw", "/apis/batch/v1/namespaces/default/jobs/cut-9999"]);
  return Buffer.byteLength(JSON.stringify({ type: "MODIFIED", object: JSON.parse(object) })) + 1;
}
