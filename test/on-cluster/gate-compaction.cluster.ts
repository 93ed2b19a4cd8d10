import { expect, test } from "bun:test";
import { until } from "../cluster/readiness.ts";
import { isWaiting, opensSoonAfter, planeWithJobs, startGate, throughProxy, waits } from "./gate-fixture.ts";

test("a gate whose resourceVersion was compacted away (410) lists again, and opens within 2 s", async () => {
  // Without the cache a watch goes to etcd, which has forgotten.
  const { plane, jobs } = await planeWithJobs("test", { watchCache: false });
  const { proxy, kubeconfig } = await throughProxy(plane);
  await jobs.create("compacted");
  const gate = await startGate(kubeconfig, ["job/compacted"]);
  await waits(gate, /the Job is running/);
  const { metadata } = JSON.parse(await plane.kubectl(["get", "job", "compacted", "-o", "json"]));
  for (let n = 0; n < 3; n++) await jobs.create(`other-${n}`);
  await plane.compactEtcd();
  // A watch that the server ends in order goes on from its last bookmark, and what was there then is forgotten by now.
  const bookmark = { type: "BOOKMARK", object: { metadata: { resourceVersion: metadata.resourceVersion } } };
  const watches: number[] = [];
  proxy.fault(({ watch }) => {
    if (!watch) return undefined;
    watches.push(proxy.seen.length);
    const body = `${JSON.stringify(bookmark)}\n`;
    return watches.length === 1 ? { answer: { status: 200, body } } : undefined;
  });
  proxy.cut();
  await until("a third watch", async () => watches.length >= 3);
  // The watch that was refused, the list after it, and the watch that goes on from there.
  const asked = proxy.seen.slice((watches[1] ?? 0) - 1).filter(({ path }) => path.includes("/jobs"));
  expect(asked.map(({ watch }) => watch)).toEqual([true, false, true]);
  expect(await isWaiting(gate)).toBe(true);
  await opensSoonAfter(gate, await jobs.complete("compacted"));
  expect(gate.stderr).not.toMatch(/too old|has been compacted|\b410\b/);
}, 120_000);

test("410 as the answer, and as an ERROR event in the stream: listed again at once, nothing said", async () => {
  const { plane, jobs } = await planeWithJobs("test");
  const { proxy, kubeconfig } = await throughProxy(plane);
  await jobs.create("gone");
  const status = { kind: "Status", apiVersion: "v1", code: 410, reason: "Expired", message: "too old" };
  const answers = [
    { status: 410, body: JSON.stringify(status) },
    { status: 200, body: `${JSON.stringify({ type: "ERROR", object: status })}\n` },
  ];
  proxy.fault(({ watch }) => {
    const answer = watch ? answers.shift() : undefined;
    return answer === undefined ? undefined : { answer };
  });
  const gate = await startGate(kubeconfig, ["job/gone"]);
  await waits(gate, /the Job is running/);
  const lists = () => proxy.seen.filter(({ path, watch }) => path.includes("/jobs") && !watch).length;
  await until("a third list", async () => lists() >= 3);
  await opensSoonAfter(gate, await jobs.complete("gone"));
  expect(gate.stderr).not.toContain("too old");
}, 120_000);
