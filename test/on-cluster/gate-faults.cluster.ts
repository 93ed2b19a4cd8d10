import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { startApiProxy } from "../support/api-proxy.ts";
import { tempDir } from "../support/temp.ts";
import {
  isWaiting,
  type Jobs,
  kubeconfigOf,
  opensSoonAfter,
  planeWithJobs,
  startGate,
  throughProxy,
  waits,
} from "./gate-fixture.ts";

/** Each fault on an API server of its own, so that none disturbs another. */
let plane: ControlPlane;
let jobs: Jobs;

beforeAll(async () => {
  ({ plane, jobs } = await planeWithJobs("run"));
}, 120_000);

const MACHINE = process.arch === "arm64" ? "aarch64" : "x86_64";
/** Sets the clock of one process; from the package that `test/cluster/packages.ts` installs. */
const FAKETIME = `/usr/lib/${MACHINE}-linux-gnu/faketime/libfaketime.so.1`;

const RUNNING = /the Job is running/;

describe("a gate that waits for a Job outlives", () => {
  test("30 s of 500s, and opens within 2 s after them, not before", async () => {
    const { proxy, kubeconfig } = await throughProxy(plane);
    await jobs.create("errors");
    const gate = await startGate(kubeconfig, ["job/errors"]);
    await waits(gate, RUNNING);
    const status = {
      kind: "Status",
      apiVersion: "v1",
      code: 500,
      reason: "InternalError",
      message: "etcd: no leader",
    };
    proxy.fault(() => ({ answer: { status: 500, body: JSON.stringify(status) } }));
    proxy.cut();
    await waits(gate, /etcd: no leader/);
    await jobs.complete("errors");
    const before = proxy.seen.length;
    await delay(30_000);
    expect(await isWaiting(gate)).toBe(true);
    // It goes on asking, and does not storm: a back-off of at most 1.5 s.
    expect(proxy.seen.length - before).toBeGreaterThan(10);
    expect(proxy.seen.length - before).toBeLessThan(80);
    proxy.fault(undefined);
    await opensSoonAfter(gate, performance.now());
    // Said once, not at every try.
    expect(gate.stderr.split("etcd: no leader").length - 1).toBeLessThan(3);
  });

  test("a connection that falls silent: found within the idle limit of 75 s, and 2 s more", async () => {
    const { proxy, kubeconfig } = await throughProxy(plane);
    await jobs.create("silent");
    const gate = await startGate(kubeconfig, ["job/silent"]);
    await waits(gate, RUNNING);
    proxy.stall();
    const silent = performance.now();
    await jobs.complete("silent");
    // New connections work; the one that the watch is on does not, and nobody says so.
    proxy.unstall();
    await opensSoonAfter(gate, silent, 77_000);
    expect(performance.now() - silent).toBeGreaterThan(5000);
  }, 120_000);

  test("a connection that is reset, refused for a while, and 429 with Retry-After", async () => {
    const { proxy, kubeconfig } = await throughProxy(plane);
    await jobs.create("reset");
    const gate = await startGate(kubeconfig, ["job/reset"]);
    await waits(gate, RUNNING);
    await proxy.refuse();
    await waits(gate, /cannot be reached/);
    await jobs.complete("reset");
    await delay(1000);
    expect(await isWaiting(gate)).toBe(true);
    const status = {
      kind: "Status",
      apiVersion: "v1",
      code: 429,
      reason: "TooManyRequests",
      message: "slow down",
    };
    proxy.fault(() => ({
      answer: { status: 429, headers: { "retry-after": "3" }, body: JSON.stringify(status) },
    }));
    // Not those of the diagnosis, which asks for pods and events once.
    const asked = () => proxy.seen.filter(({ path }) => path.includes("/jobs")).length;
    const seen = asked();
    await proxy.accept();
    await delay(2500);
    expect(asked() - seen).toBeLessThanOrEqual(2);
    proxy.fault(undefined);
    await opensSoonAfter(gate, performance.now(), 5000);
  });

  test("a token that is renewed in its file after the old one became void", async () => {
    await plane.kubectl(["create", "serviceaccount", "gate"]);
    await plane.kubectl(["create", "role", "gate", "--verb=list,watch", "--resource=jobs,pods,events"]);
    await plane.kubectl(["create", "rolebinding", "gate", "--role=gate", "--serviceaccount=default:gate"]);
    const token = async () => (await plane.kubectl(["create", "token", "gate", "--duration=10m"])).trim();
    const folder = tempDir();
    const [file, kubeconfig] = [join(folder, "token"), join(folder, "kubeconfig")];
    writeFileSync(file, await token());
    // The credentials are the gate's own here: the proxy has none.
    const proxy = await startApiProxy({ target: plane.server, targetCa: plane.ca });
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(proxy.url, { tokenFile: file })));
    await jobs.create("renewed");
    const gate = await startGate(kubeconfig, ["job/renewed"]);
    await waits(gate, RUNNING);
    // A token is bound to its account's uid: with a new account of that name the old one is void.
    await plane.kubectl(["delete", "serviceaccount", "gate"]);
    await plane.kubectl(["create", "serviceaccount", "gate"]);
    await delay(11_000); // the API server remembers for 10 s that a token was good
    proxy.cut();
    await waits(gate, /Unauthorized|401/i);
    await jobs.complete("renewed");
    expect(await isWaiting(gate)).toBe(true);
    writeFileSync(file, await token());
    await opensSoonAfter(gate, performance.now());
  });

  test("rights that are missing, taken away and given back; what it prints gives them", async () => {
    await jobs.create("rights");
    const gate = await startGate(plane.kubeconfigFor("gate-user"), ["job/rights"]);
    await waits(gate, /subjects:\n.*gate-user/);
    const yaml = /^apiVersion: rbac[\s\S]*?subjects:\n.*$/m.exec(gate.stderr)?.[0] ?? "";
    await plane.kubectl(["apply", "-f", "-"], yaml);
    await waits(gate, RUNNING);
    const binding = /kind: RoleBinding\nmetadata: \{ name: "([^"]+)"/.exec(yaml)?.[1] ?? "";
    await plane.kubectl(["delete", "rolebinding", binding]);
    // A watch that is open goes on without rights: the API server looks when it begins.
    await plane.killApiServer();
    await plane.startApiServer();
    await waits(gate, /the Job is running[\s\S]*forbidden/, 20_000);
    await jobs.complete("rights");
    await delay(1500);
    expect(await isWaiting(gate)).toBe(true);
    await plane.kubectl(["apply", "-f", "-"], yaml);
    await opensSoonAfter(gate, performance.now());
  });

  test("an API server that is killed, and opens within 2 s once it is back", async () => {
    await jobs.create("killed");
    const gate = await startGate(plane.kubeconfig, ["job/killed"]);
    await waits(gate, RUNNING);
    await plane.killApiServer();
    await waits(gate, /cannot be reached/);
    await delay(3000);
    expect(await isWaiting(gate)).toBe(true);
    await plane.startApiServer();
    await opensSoonAfter(gate, await jobs.complete("killed"));
  });

  test("an API server that hangs and comes back without a word", async () => {
    await jobs.create("hangs");
    const gate = await startGate(plane.kubeconfig, ["job/hangs"]);
    await waits(gate, RUNNING);
    plane.pauseApiServer();
    await delay(5000);
    expect(await isWaiting(gate)).toBe(true);
    plane.resumeApiServer();
    await opensSoonAfter(gate, await jobs.complete("hangs"));
  });

  test.skipIf(!existsSync(FAKETIME))(
    "a clock that is set: three days on, and then an hour back",
    async () => {
      const clock = join(tempDir({ offset: "+0" }), "offset");
      const env = {
        LD_PRELOAD: FAKETIME,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      };
      await jobs.create("clock");
      const gate = await startGate(plane.kubeconfig, ["job/clock", "--log-format", "json"], env);
      await waits(gate, RUNNING);
      for (const offset of ["+3d", "-1h"]) {
        writeFileSync(clock, offset);
        await delay(3000);
        expect(await isWaiting(gate)).toBe(true);
      }
      await opensSoonAfter(gate, await jobs.complete("clock"));
      // Nothing was taken for a minute that has passed.
      expect(gate.stderr.trim().split("\n").length).toBeLessThan(4);
    },
  );

  test("but not a selector that the API server cannot read: wrong usage, at once", async () => {
    for (const selector of ["a=b=c", "app in (x", "A B"]) {
      const gate = await startGate(plane.kubeconfig, ["job", "-l", selector]);
      const { code, stderr } = await gate.done;
      expect([selector, code, stderr]).toEqual([selector, 2, expect.stringContaining("SL5008")]);
    }
  });

  test("a Job that is deleted and made again, which alone counts", async () => {
    await jobs.create("again");
    const gate = await startGate(plane.kubeconfig, ["job/again"]);
    await waits(gate, RUNNING);
    await jobs.fail("again");
    await waits(gate, /failed.*BackoffLimitExceeded/);
    await jobs.delete("again");
    await waits(gate, /was deleted/);
    await jobs.create("again");
    await waits(gate, /created again/);
    expect(await isWaiting(gate)).toBe(true);
    await opensSoonAfter(gate, await jobs.complete("again"));
  });
});
