import { expect, setDefaultTimeout, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { down } from "../cluster/down.ts";
import { etcdDaemon } from "../cluster/etcd.ts";
import { withLock } from "../cluster/lock.ts";
import { lockPath } from "../cluster/paths.ts";
import { signalDaemon } from "../cluster/processes.ts";
import { until } from "../cluster/readiness.ts";
import { readState } from "../cluster/state.ts";
import { isUp } from "../cluster/status.ts";
import { up } from "../cluster/up.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { repository } from "../support/executable.ts";

setDefaultTimeout(120_000);

test("up after a down that was killed half-way takes the rest down, and begins from nothing", async () => {
  // A control plane in a folder of its own: the cluster that other tests use stays as it is.
  const stateDir = mkdtempSync(join(tmpdir(), "sluice-half-down-"));
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const bringUp = () => up({ stateDir, kind: "control-plane", log });
  cleanUpAfter(async () => {
    // Without a state it could not tell this control plane from a cluster with nodes.
    if (readState(stateDir) !== undefined) await withLock(lockPath(), () => down({ stateDir, log }));
  });
  await bringUp();
  const first = readState(stateDir);
  expect([first?.kind, isUp(stateDir)]).toEqual(["control-plane", true]);

  // What is ended last does not hear of it, so that there is a half-way.
  signalDaemon(etcdDaemon(stateDir), "SIGSTOP");
  const env = { ...process.env, SLUICE_CLUSTER_DIR: stateDir };
  const main = join(repository, "test/cluster/main.ts");
  const child = spawn(process.execPath, [main, "down"], { cwd: repository, env, stdio: "ignore" });
  const ended = once(child, "exit");
  await until("it goes down", async () => readState(stateDir)?.goingDown);
  child.kill("SIGKILL");
  expect((await ended)[1]).toBe("SIGKILL");
  signalDaemon(etcdDaemon(stateDir), "SIGCONT");
  expect(readState(stateDir)).toMatchObject({ goingDown: true, kind: "control-plane" });

  await bringUp();
  expect(lines).toContain("taking down what is there: it was half taken down");
  expect([isUp(stateDir), readState(stateDir)?.goingDown]).toEqual([true, undefined]);
  // Other ports, so not what ran before.
  expect(readState(stateDir)?.etcd).not.toEqual(first?.etcd as never);
});
