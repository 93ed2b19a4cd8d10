import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { executable } from "../support/executable.ts";
import { type Running, startProgram } from "../support/run.ts";
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
  symlinkSync(executable(), program);
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

const start = (args: readonly string[], kubeconfig = plane.kubeconfig): Promise<Running> =>
  startProgram(program, args, { env: { KUBECONFIG: kubeconfig, WAIT_TIME: "0.2" } });

/** Waits until the gate has said it, on that stream. */
async function says(gate: Running, stream: "stdout" | "stderr", text: string): Promise<void> {
  await gate.waitForOutput(new RegExp(text.replace(/[^\w ]/g, "\\$&")), 55_000);
  expect(gate[stream]).toContain(text);
}

describe("wait_for.sh on an API server", () => {
  test("a Job whose name begins alike does not count, and one that is not there yet is waited for", async () => {
    await createJob("m-10");
    await setStatus("m-10", COMPLETE);
    const gate = await start(["job", "m-1"]);
    await says(gate, "stderr", "m-1: it is not there yet (namespace default)");
    await says(gate, "stdout", "Waiting for job m-1...");
    await createJob("m-1");
    await says(gate, "stderr", "the Job is there, and has no pod yet");
    expect(gate.stdout).not.toContain("is ready");
    await setStatus("m-1", COMPLETE);
    expect((await gate.done).code).toBe(0);
    expect(gate.stdout).toMatch(/\n\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] job m-1 is ready\.\n$/);
  });

  test("a failed Job opens job-we alone", async () => {
    await createJob("f-1");
    const [plain, strict] = [await start(["job", "f-1"]), await start(["job-wr", "-lapp=f-1"])];
    const lenient = await start(["job-we", "f-1", "-n", "default"]);
    await Promise.all([plain, strict, lenient].map((gate) => says(gate, "stderr", "has no pod yet")));
    await setStatus("f-1", FAILED);
    expect((await lenient.done).code).toBe(0);
    expect(lenient.stdout).toContain("job f-1 -n default is ready.\n");
    for (const gate of [plain, strict]) {
      await says(gate, "stderr", "the Job failed: BackoffLimitExceeded");
      expect(gate.stdout).not.toContain("is ready");
      gate.kill("SIGTERM");
      expect((await gate.done).code).toBe(1);
    }
  });

  test("a selector or a namespace that cannot be one ends it at once, and says so", async () => {
    for (const [args, reason] of [
      [["job", "-lapp=a=b"], "cannot read the selector"],
      [["job", "m", "-n", "FOO"], "no namespace can have the name"],
      [["job", "m", "-n", "a/b"], "no namespace can have the name"],
    ] as const) {
      const gate = await start([...args]);
      expect((await gate.done).code).toBe(1);
      expect(gate.stderr).toContain(reason);
      expect(gate.stdout).toBe("");
    }
  });

  test("a Role with get alone is enough for a name; without it the missing Role is printed", async () => {
    await createJob("g-1");
    const gate = await start(["job", "g-1"], plane.kubeconfigFor("old-role"));
    await says(gate, "stderr", 'resources: [jobs], resourceNames: ["g-1"], verbs: [list, watch]');
    await plane.kubectl(["create", "role", "old", "-n", "default", "--verb=get", "--resource=jobs"]);
    await plane.kubectl(["create", "rolebinding", "old", "-n", "default", "--role=old", "--user=old-role"]);
    await says(gate, "stderr", "the Job is there, and has no pod yet");
    await setStatus("g-1", COMPLETE);
    expect((await gate.done).code).toBe(0);
  });

  test("a server that goes away and comes back keeps it waiting, and opens it when the condition holds", async () => {
    await createJob("k-1");
    const gate = await start(["job", "k-1"]);
    await says(gate, "stderr", "has no pod yet");
    await plane.killApiServer();
    await says(gate, "stderr", "cannot be reached");
    await plane.startApiServer();
    await setStatus("k-1", COMPLETE);
    expect((await gate.done).code).toBe(0);
  });
});
