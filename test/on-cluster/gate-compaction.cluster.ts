import { expect, test } from "bun:test";
import { controlPlane } from "../cluster/control-plane.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { isWaiting, jobsOf, opensSoonAfter, startGate, throughProxy, waits } from "./gate-fixture.ts";

test("a gate whose resourceVersion was compacted away (410) lists again, and opens within 2 s", async () => {
  // Without the cache a watch goes to etcd, which has forgotten.
  const plane = await controlPlane({ watchCache: false });
  cleanUpAfter(() => plane.stop());
  const jobs = await jobsOf(plane);
  cleanUpAfter(() => jobs.client.close());
  const { proxy, kubeconfig } = await throughProxy(plane);
  await jobs.create("compacted");
  const gate = await startGate(kubeconfig, ["job/compacted"]);
  await waits(gate, /the Job is running/);
  // A watch that ends in order goes on from where it was; this one begins before what etcd remembers.
  proxy.fault(({ watch }) => (watch ? { answer: { status: 200, body: "" } } : undefined));
  proxy.cut();
  await waits(gate, /waiting for/);
  for (let n = 0; n < 5; n++) await jobs.create(`other-${n}`);
  await plane.compactEtcd();
  const before = proxy.seen.length;
  proxy.fault(undefined);
  expect(await isWaiting(gate)).toBe(true);
  await opensSoonAfter(gate, await jobs.complete("compacted"));
  const asked = proxy.seen.slice(before).filter(({ path }) => path.includes("/jobs"));
  // The watch that was refused, and the list after it.
  expect(asked.map(({ watch }) => watch).slice(0, 2)).toEqual([true, false]);
}, 120_000);

test("410 as the answer, and as an ERROR event in the stream: listed again at once, nothing said", async () => {
  const plane = await controlPlane();
  cleanUpAfter(() => plane.stop());
  const jobs = await jobsOf(plane);
  cleanUpAfter(() => jobs.client.close());
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
  while (lists() < 3) await Bun.sleep(20);
  await opensSoonAfter(gate, await jobs.complete("gone"));
  expect(gate.stderr).not.toContain("too old");
}, 120_000);
