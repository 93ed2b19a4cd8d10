import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { executable } from "../support/executable.ts";
import { tempDir } from "../support/temp.ts";

const COMPLETE = {
  startTime: "2026-01-01T00:00:00Z",
  completionTime: "2026-01-01T00:00:01Z",
  succeeded: 1,
  conditions: ["SuccessCriteriaMet", "Complete"].map((type) => ({ type, status: "True" })),
};
const FAILED = {
  startTime: "2026-01-01T00:00:00Z",
  failed: 7,
  conditions: ["FailureTarget", "Failed"].map((type) => ({
    type,
    status: "True",
    reason: "BackoffLimitExceeded",
  })),
};

let plane: ControlPlane;
let program: string;

beforeAll(async () => {
  plane = await controlPlane();
  program = join(tempDir({}, "run"), "wait_for.sh");
  spawnSync("ln", ["-s", executable(), program]);
});
afterAll(() => plane?.stop());

async function createJob(name: string): Promise<void> {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "x" }] } };
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels: { app: name } },
    spec: { template },
  };
  await plane.kubectl(["create", "-n", "default", "-f", "-"], JSON.stringify(job));
}

async function setStatus(name: string, status: object): Promise<void> {
  const patch = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
  await plane.kubectl(["patch", "job", name, "-n", "default", ...patch]);
}

function start(args: string[], kubeconfig = plane.kubeconfig) {
  const env = { ...process.env, KUBECONFIG: kubeconfig, WAIT_TIME: "0.2" };
  const child = spawn(program, args, { env });
  cleanUpAfter(() => void child.kill("SIGKILL"));
  const texts = { stdout: "", stderr: "" };
  const heard = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (data) => {
      texts[name] += data;
      for (const one of heard) one();
    });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return {
    texts,
    ended,
    child,
    /** Resolves when the text has come; fails when the process ends before. */
    says(stream: "stdout" | "stderr", text: string): Promise<void> {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!texts[stream].includes(text)) return;
          heard.delete(look);
          resolve();
        };
        heard.add(look);
        look();
        child.once("exit", () => reject(new Error(`ended without "${text}": ${JSON.stringify(texts)}`)));
      });
    },
  };
}

describe("wait_for.sh on an API server", () => {
  test("a Job whose name begins alike does not count, and one that is not there yet is waited for", async () => {
    await createJob("m-10");
    await setStatus("m-10", COMPLETE);
    const gate = start(["job", "m-1"]);
    await gate.says("stderr", "m-1: it is not there yet (namespace default)");
    await gate.says("stdout", "Waiting for job m-1...");
    await createJob("m-1");
    await gate.says("stderr", "the Job is there, and has no pod yet");
    expect(gate.texts.stdout).not.toContain("is ready");
    await setStatus("m-1", COMPLETE);
    expect(await gate.ended).toBe(0);
    expect(gate.texts.stdout).toMatch(/\n\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] job m-1 is ready\.\n$/);
  });

  test("a failed Job opens job-we alone", async () => {
    await createJob("f-1");
    const [plain, strict] = [start(["job", "f-1"]), start(["job-wr", "-lapp=f-1"])];
    const lenient = start(["job-we", "f-1", "-n", "default"]);
    await Promise.all([plain, strict, lenient].map((gate) => gate.says("stderr", "has no pod yet")));
    await setStatus("f-1", FAILED);
    expect(await lenient.ended).toBe(0);
    expect(lenient.texts.stdout).toContain("job f-1 -n default is ready.\n");
    for (const gate of [plain, strict]) {
      await gate.says("stderr", "the Job failed: BackoffLimitExceeded");
      expect(gate.texts.stdout).not.toContain("is ready");
      gate.child.kill("SIGTERM");
      expect(await gate.ended).toBe(1);
    }
  });

  test("a selector or a namespace that cannot be one ends it at once, and says so", async () => {
    for (const [args, reason] of [
      [["job", "-lapp=a=b"], "cannot read the selector"],
      [["job", "m", "-n", "FOO"], "no namespace can have the name"],
      [["job", "m", "-n", "a/b"], "no namespace can have the name"],
    ] as const) {
      const gate = start([...args]);
      expect(await gate.ended).toBe(1);
      expect(gate.texts.stderr).toContain(reason);
      expect(gate.texts.stdout).toBe("");
    }
  });

  test("a Role with get alone is enough for a name; without it the missing Role is printed", async () => {
    await createJob("g-1");
    const gate = start(["job", "g-1"], plane.kubeconfigFor("old-role"));
    await gate.says("stderr", 'resources: [jobs], resourceNames: ["g-1"], verbs: [list, watch]');
    await plane.kubectl(["create", "role", "old", "-n", "default", "--verb=get", "--resource=jobs"]);
    await plane.kubectl(["create", "rolebinding", "old", "-n", "default", "--role=old", "--user=old-role"]);
    await gate.says("stderr", "the Job is there, and has no pod yet");
    await setStatus("g-1", COMPLETE);
    expect(await gate.ended).toBe(0);
  });

  test("a server that goes away and comes back keeps it waiting, and opens it when the condition holds", async () => {
    await createJob("k-1");
    const gate = start(["job", "k-1"]);
    await gate.says("stderr", "has no pod yet");
    await plane.killApiServer();
    await gate.says("stderr", "cannot be reached");
    await plane.startApiServer();
    await setStatus("k-1", COMPLETE);
    expect(await gate.ended).toBe(0);
  });
});
