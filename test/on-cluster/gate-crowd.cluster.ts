import { beforeAll, expect, test } from "bun:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Audit, auditIn } from "../cluster/audit.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { until } from "../cluster/readiness.ts";
import type { Running } from "../support/run.ts";
import { standstillSince } from "../support/standstill.ts";
import { tempDir } from "../support/temp.ts";
import { type Jobs, planeWithJobs, startGate } from "./gate-fixture.ts";

const GATES = 200;
/** So many start at once: an API server that greets more of them on two cores lets some wait until they ask again. */
const AT_ONCE = 20;

let plane: ControlPlane;
let audit: Audit;
let jobs: Jobs;

beforeAll(async () => {
  audit = auditIn(tempDir({}, "run"));
  ({ plane, jobs } = await planeWithJobs("run", { flags: audit.flags }));
}, 120_000);

/** Starts gates on a Job that runs, and waits until each says so. */
async function crowd(count: number, kubeconfig: string, args: readonly string[]): Promise<Running[]> {
  const gates: Running[] = [];
  while (gates.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - gates.length) }, () =>
      startGate(kubeconfig, args),
    );
    const started = await Promise.all(some);
    await Promise.all(started.map((gate) => gate.waitForOutput(/the Job is running/, 60_000)));
    gates.push(...started);
  }
  return gates;
}

/** The moments at which gates ended, in milliseconds after the first. */
async function ends(gates: readonly Running[]): Promise<number[]> {
  const moments = await Promise.all(
    gates.map(async (gate) => {
      const { code, stderr } = await gate.done;
      expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
      return performance.now();
    }),
  );
  const first = Math.min(...moments);
  return moments.map((moment) => moment - first).sort((a, b) => a - b);
}

test(`${GATES} gates on one Job: two requests each for the condition, all open within 1 s`, async () => {
  const kubeconfig = plane.kubeconfigFor("crowd", ["system:masters"]);
  await jobs.create("crowd");
  const gates = await crowd(GATES, kubeconfig, ["job/crowd"]);
  const watches = () => audit.requests("crowd").filter(({ verb }) => verb === "watch").length;
  await until(`${GATES} watches`, async () => watches() >= GATES);
  // As long as the gates look for reasons that they may tell.
  await delay(20_000);
  const began = Math.min(...audit.requests("crowd").map(({ received }) => received));
  const completed = performance.now();
  await jobs.complete("crowd");
  const spread = await ends(gates);
  expect(spread.at(-1)).toBeLessThan(1000 + standstillSince(completed));
  const asked = audit.requests("crowd");
  const minutes = Math.ceil((Date.now() - began) / 60_000);
  const of = (resource: string) => asked.filter((one) => one.resource === resource);
  expect(of("jobs")).toHaveLength(2 * GATES);
  expect(of("pods").length + of("events").length).toBeLessThanOrEqual(2 * GATES * minutes);
  expect(asked.length).toBe(of("jobs").length + of("pods").length + of("events").length);
}, 180_000);

test("--jitter spreads them", async () => {
  await jobs.create("jitter");
  const gates = await crowd(30, plane.kubeconfig, ["job/jitter", "--jitter", "4s"]);
  const completed = performance.now();
  await jobs.complete("jitter");
  const spread = await ends(gates);
  expect(spread.at(-1)).toBeGreaterThan(1500);
  expect(spread.at(-1)).toBeLessThan(5000 + standstillSince(completed));
}, 120_000);
