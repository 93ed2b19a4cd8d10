import { expect, setDefaultTimeout, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { runSluice } from "../support/run.ts";
import { opensSoonAfter, planeWithJobs, startGate, waits } from "./gate-fixture.ts";

setDefaultTimeout(120_000);

const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);

test.skipIf(!hasIPv6)("an API server that has only an IPv6 address: a gate, and check --live", async () => {
  const { plane, jobs } = await planeWithJobs("test", { address: "::1" });
  expect(plane.server).toStartWith("https://[::1]:");
  await jobs.create("six");
  const gate = await startGate(plane.kubeconfig, ["job/six"]);
  await waits(gate, /the Job is running/);
  await plane.killApiServer();
  await waits(gate, /\[::1\]|::1/);
  await plane.startApiServer();
  // That it is soon is shown with the faults of gate-faults.
  await opensSoonAfter(gate, await jobs.complete("six"), 30_000);
  const env = { KUBECONFIG: plane.kubeconfig };
  const checked = await runSluice(["check", "--live", "-o", "json"], { env });
  expect([checked.code, JSON.parse(checked.stdout)]).toMatchObject([0, { workloads: 1 }]);
});
