import { describe, expect, test } from "bun:test";
import { failureOf } from "../support/failure.ts";
import type { Running } from "../support/run.ts";
import { isWaiting } from "./gate-fixture.ts";
import { letGo, place, shell, untilLetGo } from "./real-fixture.ts";

/**
 * Roll-outs by real controllers. Every pod is asked to go only by the test (its shell does not hear SIGTERM), so that
 * "an old pod is being ended" lasts as long as the test looks at it. `kubectl rollout status` is the second opinion,
 * and what it does not see.
 */
const here = await place();
const { kubectl, apply } = here;

/** For a line of a gate, on a busy machine. Milliseconds. */
const LONG = 40_000;

interface Parts {
  replicas?: number;
  /** Beside selector and template. */
  spec?: object;
  script?: string;
  image?: string;
}

/** A workload whose pods and template have the label `release`. */
function workload(kind: string, name: string, release: number, parts: Parts = {}): object {
  const { replicas = 1, spec = {}, script = untilLetGo, image } = parts;
  // What lets it go outlives the container: one whose end the kubelet hears before it hears of the pod's is started again.
  const volumeMounts = [{ name: "tmp", mountPath: "/tmp" }];
  const container = shell(here.it, script, { volumeMounts, ...(image !== undefined && { image }) });
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name },
    spec: {
      ...(kind !== "DaemonSet" && { replicas }),
      ...(kind === "StatefulSet" && { serviceName: name }),
      selector: { matchLabels: { app: name } },
      ...spec,
      template: {
        metadata: { labels: { app: name, release: String(release) } },
        spec: {
          terminationGracePeriodSeconds: 60,
          containers: [container],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
    },
  };
}

const namesOf = async (name: string, release: number): Promise<string[]> =>
  (await kubectl("get pods --output=name", `--selector=app=${name},release=${release}`))
    .split("\n")
    .filter(Boolean);

/** Waits until a pod is asked to end, and lets it: one that ended sooner would be started again by its kubelet. */
async function letEnd(pod: string): Promise<void> {
  await kubectl(`wait ${pod} --timeout=55s`, "--for=jsonpath={.metadata.deletionTimestamp}");
  await letGo(here, pod);
}

/** Lets all pods of a release end. */
async function letAllEnd(name: string, release: number): Promise<void> {
  for (const pod of await namesOf(name, release)) await letEnd(pod);
}

const rolledOut = (target: string): Promise<string> => kubectl(`rollout status ${target} --timeout=55s`);

/** Those whose containers may still do something: what has ended lies around for a moment until it is removed. */
const aliveOf = async (name: string, release: number): Promise<string> =>
  kubectl(
    "get pods --output=name --field-selector=status.phase!=Succeeded,status.phase!=Failed",
    `--selector=app=${name},release=${release}`,
  );

/** Expects the gate to be open, and no pod of the old release to be alive when it was. */
async function opens(gate: Running, target: string, old: number | undefined, note = ""): Promise<void> {
  const { code, stdout, stderr } = await gate.done;
  expect([code, stdout, code === 0 ? "" : stderr]).toEqual([0, expect.stringContaining(note), ""]);
  if (old !== undefined) expect(await aliveOf(target.split("/")[1] as string, old)).toBe("");
}

const stillWaits = async (gate: Running): Promise<void> => {
  expect(await isWaiting(gate)).toBe(true);
};

describe.concurrent("a Deployment", () => {
  test("is rolled out for kubectl while an old pod still runs; the gate waits for its end", async () => {
    await apply(workload("Deployment", "web", 1, { replicas: 2 }));
    await rolledOut("deployment/web");
    const next = await here.gate("deployment/web", "--identity", "release=2");
    await next.waitForOutput(/its pod template is of another release: .*release/, LONG);
    await opens(await here.gate("deployment/web"), "deployment/web", undefined);
    await apply(workload("Deployment", "web", 2, { replicas: 2 }));
    await rolledOut("deployment/web");
    await next.waitForOutput(/[12] pods? of (an )?older revisions? (is|are) left, being ended: web-/, LONG);
    const late = await here.gate("deployment/web");
    await late.waitForOutput(/2 pods of older revisions are left, being ended: web-/, LONG);
    const [first, second] = await namesOf("web", 1);
    await letEnd(first as string);
    await kubectl(`wait ${first} --for=delete --timeout=55s`);
    await stillWaits(late);
    await letEnd(second as string);
    await opens(next, "deployment/web", 1);
    await opens(late, "deployment/web", 1);
  });

  test("that is paused, and resumed", async () => {
    await apply(workload("Deployment", "paused", 1));
    await rolledOut("deployment/paused");
    await kubectl("rollout pause deployment/paused");
    const gate = await here.gate("deployment/paused", "--identity", "release=2");
    await apply(workload("Deployment", "paused", 2, { spec: { paused: true } }));
    await gate.waitForOutput(/the Deployment is paused; 0 of 1 pods are updated/, LONG);
    await kubectl("rollout resume deployment/paused");
    await gate.waitForOutput(/1 pod of an older revision is left, being ended/, LONG);
    await letAllEnd("paused", 1);
    await opens(gate, "deployment/paused", 1);
  });

  test("that exceeds its progress deadline has failed; rolled back, it is finished without the new pod", async () => {
    await apply(workload("Deployment", "stuck", 1));
    await rolledOut("deployment/stuck");
    await apply(workload("Deployment", "stuck", 2, { image: "127.0.0.1:1/none:1" }));
    const gate = await here.gate("deployment/stuck");
    const impatient = await here.gate("deployment/stuck", "--fail-fast");
    await impatient.waitForOutput(/container main: (ErrImagePull|ImagePullBackOff)/, LONG);
    const soon = '{"spec":{"progressDeadlineSeconds":3}}';
    await kubectl("patch deployment stuck --type=merge --patch", soon);
    const { code, stderr } = await impatient.done;
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /ProgressDeadlineExceeded: .*pod stuck-\w+-\w+: container main: (ErrImagePull|ImagePullBackOff)/,
    );
    expect((await failureOf(rolledOut("deployment/stuck"))).message).toContain(
      "exceeded its progress deadline",
    );
    await stillWaits(gate);
    await kubectl("rollout undo deployment/stuck");
    await opens(gate, "deployment/stuck", 2);
    await rolledOut("deployment/stuck");
    expect(await namesOf("stuck", 1)).toHaveLength(1);
  });

  test("that is scaled to nothing, and one whose strategy is Recreate", async () => {
    const recreate = { spec: { strategy: { type: "Recreate" } } };
    await apply(workload("Deployment", "few", 1), workload("Deployment", "anew", 1, recreate));
    await rolledOut("deployment/few");
    await rolledOut("deployment/anew");
    await apply(
      workload("Deployment", "few", 2, { replicas: 0 }),
      workload("Deployment", "anew", 2, recreate),
    );
    const gates = [await here.gate("deployment/few"), await here.gate("deployment/anew")] as const;
    await gates[0].waitForOutput(/1 pod of an older revision is left, being ended: few-/, LONG);
    await rolledOut("deployment/few");
    await gates[1].waitForOutput(/0 of 1 pods are updated/, LONG);
    await letAllEnd("few", 1);
    await letAllEnd("anew", 1);
    await opens(gates[0], "deployment/few", 1, "no replicas are wanted");
    await opens(gates[1], "deployment/anew", 1);
    await rolledOut("deployment/anew");
  });
});

describe.concurrent("a StatefulSet", () => {
  test("is updated one after another, from the highest number", async () => {
    await apply(workload("StatefulSet", "db", 1, { replicas: 2 }));
    await rolledOut("statefulset/db");
    await apply(workload("StatefulSet", "db", 2, { replicas: 2 }));
    const gate = await here.gate("statefulset/db", "--identity", "release=2");
    await gate.waitForOutput(/0 of 2 pods are updated/, LONG);
    await letEnd("pod/db-1");
    await gate.waitForOutput(/1 of 2 pods are updated/, LONG);
    await letEnd("pod/db-0");
    await opens(gate, "statefulset/db", 1);
    await rolledOut("statefulset/db");
  });

  test("with a partition keeps old pods on purpose, and so does OnDelete: the gate says so", async () => {
    const [half, manual] = [
      { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } },
      { updateStrategy: { type: "OnDelete" } },
    ];
    const both = (release: number) => [
      workload("StatefulSet", "half", release, {
        replicas: 2,
        spec: { ...half, podManagementPolicy: "Parallel" },
      }),
      workload("StatefulSet", "manual", release, { spec: manual }),
    ];
    await apply(...both(1));
    await rolledOut("statefulset/half");
    await kubectl("wait pod/manual-0 --for=create --timeout=55s");
    await kubectl("wait pod/manual-0 --for=condition=Ready --timeout=55s");
    await apply(...both(2));
    const gates = [await here.gate("statefulset/half"), await here.gate("statefulset/manual")] as const;
    await gates[1].waitForOutput(/left: manual-0; its update strategy is OnDelete/, LONG);
    await letEnd("pod/half-1");
    // Finished for kubectl, and an old pod is left.
    expect(await rolledOut("statefulset/half")).toContain("partitioned roll out complete");
    const late = await here.gate("statefulset/half");
    await late.waitForOutput(/1 pod of an older revision is left: half-0; its partition is 1/, LONG);
    await stillWaits(gates[0]);
    const none = '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}';
    await kubectl("patch statefulset half --type=merge --patch", none);
    await letEnd("pod/half-0");
    await kubectl("delete pod manual-0 --wait=false");
    await letEnd("pod/manual-0");
    await opens(gates[0], "statefulset/half", 1);
    await opens(gates[1], "statefulset/manual", 1);
  });
});

describe.concurrent("a DaemonSet", () => {
  test("is updated on every node", async () => {
    await apply(workload("DaemonSet", "agent", 1));
    await rolledOut("daemonset/agent");
    const count = (await namesOf("agent", 1)).length;
    expect(count).toBeGreaterThan(here.it.isOurs ? 1 : 0);
    await apply(
      workload("DaemonSet", "agent", 2, {
        spec: { updateStrategy: { rollingUpdate: { maxUnavailable: "100%" } } },
      }),
    );
    const gate = await here.gate("daemonset/agent", "--identity", "release=2");
    await gate.waitForOutput(new RegExp(`0 of ${count} pods are updated`), LONG);
    await letAllEnd("agent", 1);
    await opens(gate, "daemonset/agent", 1);
    await rolledOut("daemonset/agent");
    expect(await namesOf("agent", 2)).toHaveLength(count);
  });
});
