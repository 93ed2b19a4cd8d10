import { describe, expect, test } from "bun:test";
import { until as eventually } from "../cluster/readiness.ts";
import type { Running } from "../support/run.ts";
import { job, letGo, place, shell, until, untilLetGo } from "./real-fixture.ts";

/** Jobs that a controller and a kubelet run, side by side; the gate says what is wrong with each, and why. */
const here = await place();

const exits = (code: number) => `exit ${code}`;
const says = (message: string, then: string) => `printf '%s' '${message}' >/dev/termination-log; ${then}`;

/** A gate that waits for a Job of that name before it is there: it is told each state of it, also those that soon pass. */
async function gateBefore(name: string, ...args: string[]): Promise<Running> {
  const gate = await here.gate(`job/${name}`, ...args);
  await gate.waitForOutput(new RegExp(`there is no Job ${name} in the namespace`), LONG);
  return gate;
}

/** A Job of that name, and a gate for it that gives up when it has failed. */
async function failing(
  name: string,
  script: string,
  parts: object = {},
  more: object = {},
): Promise<Running> {
  const gate = await gateBefore(name, "--fail-fast");
  await here.apply(job(name, shell(here.it, script, more), parts));
  return gate;
}

/** What a gate said when it ended; fails where it opened, or ended otherwise. */
async function failure(gate: Running): Promise<string> {
  const { code, stderr } = await gate.done;
  expect([code, stderr.includes("SL5003")]).toEqual([3, true]);
  return stderr;
}

/** Expects the gate to be open, and the Job to be Complete as kubectl sees it. */
async function opens(gate: Running, name: string): Promise<void> {
  expect((await gate.done).code).toBe(0);
  const path = '{.status.conditions[?(@.type=="Complete")].status}';
  expect(await here.kubectl(`get job ${name}`, `--output=jsonpath=${path}`)).toBe("True");
}

/** A job of two pods at once, each with a number. */
const indexed = { completions: 2, parallelism: 2, completionMode: "Indexed" };

/**
 * The gate looks at pods and Events after 5 s, and, where the kubelet had not told all by then, once more a minute later.
 * Milliseconds.
 */
const LONG = 80_000;

describe.concurrent("a Job that makes no progress: the gate says why", () => {
  test("an image that cannot be pulled", async () => {
    const gate = await failing("pull", "true", {}, { image: "127.0.0.1:1/none:1" });
    const pod = /pod pull-\w+: container main: (ErrImagePull|ImagePullBackOff): .*127\.0\.0\.1:1\/none:1/;
    await gate.waitForOutput(pod, LONG);
  });

  test("a pod that fits no node", async () => {
    const gate = await failing("huge", "true", {}, { resources: { requests: { cpu: "1000" } } });
    await gate.waitForOutput(
      /pod huge-\w+ cannot be scheduled: Unschedulable: 0\/\d+ nodes are available/,
      LONG,
    );
  });

  test("a quota that forbids the pod, and an account that is not there: the newest Event of the Job", async () => {
    const quota = await place();
    await quota.apply({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "none" },
      spec: { hard: { pods: "0" } },
    });
    await until(quota, "resourcequota/none", ".status.hard.pods", "0");
    // Admission hears of it by a watch of its own.
    await eventually("the quota", async () => {
      const tried = quota.kubectl("run x --image=x --dry-run=server").catch(String);
      return (await tried).includes("exceeded quota");
    });
    await quota.apply(job("quota", shell(quota.it, "true")));
    const crowded = await quota.gate("job/quota");
    const nobody = await failing("account", "true", { pod: { serviceAccountName: "nobody" } });
    await crowded.waitForOutput(/no pod yet; newest Event: FailedCreate: .*exceeded quota: none/, LONG);
    await nobody.waitForOutput(
      /no pod yet; newest Event: FailedCreate: .*serviceaccount "nobody" not found/,
      LONG,
    );
  });

  test("suspended, and resumed", async () => {
    await here.apply(job("paused", shell(here.it, "true"), { spec: { suspend: true } }));
    const gate = await here.gate("job/paused");
    await gate.waitForOutput(/the Job is suspended/, LONG);
    await here.kubectl("patch job paused --type=merge --patch", '{"spec":{"suspend":false}}');
    await opens(gate, "paused");
  });

  test("a container that crashes and is started again", async () => {
    const parts = { pod: { restartPolicy: "OnFailure" }, spec: { backoffLimit: 9 } };
    await here.apply(job("crash", shell(here.it, says("no such table", exits(4))), parts));
    await until(here, "job/crash", ".status.active", "1");
    const pod = (await here.kubectl("get pod --output=name --selector=job-name=crash")).trim();
    await until(here, pod, ".status.containerStatuses[0].lastState.terminated.exitCode", "4");
    const gate = await here.gate("job/crash");
    await gate.waitForOutput(
      /container main(: CrashLoopBackOff:)? ended with exit code 4: no such table/,
      LONG,
    );
  });
});

describe.concurrent("a Job that has failed: --fail-fast ends with 3 and the reason", () => {
  test("the runner's own error, from its termination message", async () => {
    const message = '{"code":"SL4101","message":"20260101120000 failed: relation t exists","hint":"Look."}';
    const text = await failure(await failing("runner", says(message, exits(3))));
    expect(text).toMatch(
      /the Job failed: BackoffLimitExceeded: .*; pod runner-\w+: container main ended with exit code 3: SL4101: 20260101120000 failed: relation t exists/,
    );
  });

  test("a termination message in plain text", async () => {
    const text = await failure(await failing("plain", says("disk is full", exits(1))));
    expect(text).toMatch(/container main ended with exit code 1: disk is full/);
  });

  test("a container that was killed for its memory", async () => {
    const limits = { resources: { limits: { memory: "16Mi" } } };
    const text = await failure(await failing("memory", "exec tail /dev/zero", {}, limits));
    expect(text).toMatch(/container main ended with exit code 137 \(OOMKilled\)/);
  });

  test("too many tries, each in a pod of its own", async () => {
    const gate = await failing("tries", exits(7), { spec: { backoffLimit: 1 } });
    await gate.waitForOutput(/the Job will try again, after 1 failed pod \(backoffLimit 1\)/, LONG);
    expect(await failure(gate)).toMatch(
      /BackoffLimitExceeded: .*pod tries-\w+: container main ended with exit code 7/,
    );
  });

  test("too many tries in one pod, which the controller removes", async () => {
    const parts = { pod: { restartPolicy: "OnFailure" }, spec: { backoffLimit: 1 } };
    const text = await failure(await failing("gone", says("no such column", exits(8)), parts));
    expect(text).toMatch(
      /the Job failed: BackoffLimitExceeded: .*container main(: CrashLoopBackOff:)? ended with exit code 8: no such column/,
    );
  });

  test("activeDeadlineSeconds has passed", async () => {
    const gate = await failing("deadline", "sleep 600", { spec: { activeDeadlineSeconds: 2 } });
    expect(await failure(gate)).toMatch(/the Job failed: DeadlineExceeded: Job was active longer than/);
  });

  test("a podFailurePolicy says so, though there are tries left", async () => {
    const rule = { action: "FailJob", onExitCodes: { operator: "In", values: [42] } };
    const spec = { backoffLimit: 6, podFailurePolicy: { rules: [rule] } };
    const text = await failure(await failing("policy", exits(42), { spec }));
    expect(text).toMatch(/the Job failed: PodFailurePolicy: .*exit code 42/);
  });

  test("one index of several has failed", async () => {
    const spec = { ...indexed, backoffLimitPerIndex: 0, backoffLimit: 6 };
    const text = await failure(await failing("index", "exit $JOB_COMPLETION_INDEX", { spec }));
    expect(text).toMatch(
      /the Job failed: FailedIndexes: .*pod index-1-\w+: container main ended with exit code 1/,
    );
  });
});

describe.concurrent("a Job opens its gate when it is Complete", () => {
  test("all three of its completions, one after another", async () => {
    const spec = { completions: 3, parallelism: 1 };
    const gate = await gateBefore("three");
    await here.apply(job("three", shell(here.it, "sleep 0.5"), { spec }));
    await gate.waitForOutput(/the Job is running, 1 of 3 completions are there/, LONG);
    await opens(gate, "three");
  });

  test("all of its indexes, and no sooner", async () => {
    const script = `[ $JOB_COMPLETION_INDEX = 0 ] && exit; ${untilLetGo}`;
    await here.apply(job("indexes", shell(here.it, script), { spec: indexed }));
    const gate = await here.gate("job/indexes");
    await gate.waitForOutput(/the Job is running, 1 of 2 completions are there/, LONG);
    const labels = "--selector=job-name=indexes,batch.kubernetes.io/job-completion-index=1";
    await letGo(here, (await here.kubectl("get pod --output=name", labels)).trim());
    await opens(gate, "indexes");
  });

  test("by its successPolicy, when the pods that are not needed have ended", async () => {
    const script = "[ $JOB_COMPLETION_INDEX = 0 ] || exec sleep 600";
    const successPolicy = { rules: [{ succeededIndexes: "0" }] };
    const spec = { ...indexed, successPolicy };
    const gate = await gateBefore("enough");
    await here.apply(
      job("enough", shell(here.it, script), { spec, pod: { terminationGracePeriodSeconds: 3 } }),
    );
    await gate.waitForOutput(/the Job has succeeded, and waits for its pods to end/, LONG);
    await opens(gate, "enough");
    const pods = "--output=jsonpath={.items[?(@.status.phase=='Running')].metadata.name}";
    expect(await here.kubectl("get pods --selector=job-name=enough", pods)).toBe("");
  });

  test("one that is created again under its name, not the one that was deleted", async () => {
    const manifest = job("again", shell(here.it, untilLetGo));
    await here.apply(manifest);
    await until(here, "job/again", ".status.ready", "1");
    const gate = await here.gate("job/again");
    await gate.waitForOutput(/the Job is running/, LONG);
    await here.kubectl("delete job again");
    await gate.waitForOutput(/the Job was deleted; another one may come/, LONG);
    await here.apply(manifest);
    await gate.waitForOutput(/the Job was created again; the Job is running/, LONG);
    await until(here, "job/again", ".status.ready", "1");
    await letGo(here, "job/again");
    await opens(gate, "again");
  });

  test("one that is removed soon after: a gate that was there opens, the next one waits", async () => {
    const gate = await gateBefore("brief");
    await here.apply(job("brief", shell(here.it, "true"), { spec: { ttlSecondsAfterFinished: 0 } }));
    expect((await gate.done).code).toBe(0);
    await here.kubectl("wait job/brief --for=delete --timeout=55s");
    await gateBefore("brief");
  });

  test("none that is being deleted, also after it was Complete", async () => {
    const meta = { finalizers: ["sluice.dev/held"] };
    await here.apply(job("leaving", shell(here.it, "true"), { meta }));
    await opens(await here.gate("job/leaving"), "leaving");
    await here.kubectl("delete job leaving --cascade=foreground --wait=false");
    const gate = await here.gate("job/leaving");
    await gate.waitForOutput(/the Job is being deleted; another one may come/, LONG);
    const none = ["--type=merge", "--patch", '{"metadata":{"finalizers":null}}'];
    const pod = (await here.kubectl("get pod --output=name --selector=job-name=leaving")).trim();
    await here.kubectl(`patch ${pod}`, ...none);
    await gate.waitForOutput(/the Job was deleted; another one may come/, LONG);
  });
});
