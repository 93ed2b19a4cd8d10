import { beforeAll, describe, expect, test } from "bun:test";
import { nodeName } from "../cluster/node.ts";
import { stateFolder } from "../cluster/paths.ts";
import { killDaemon } from "../cluster/processes.ts";
import { sandboxOf } from "../cluster/sandbox.ts";
import { up } from "../cluster/up.ts";
import { gatedPod, guidesContainer, guidesRights, loadSluice } from "./image-fixture.ts";
import { job, type Place, place, shell } from "./real-fixture.ts";
import { cluster, isOurs } from "./support.ts";

/** A node goes away under a gate. One after another: both take node2 from everybody. */
beforeAll(async () => {
  if (isOurs) await loadSluice(await cluster());
}, 180_000);

/** For a line of a gate, on a busy machine. Milliseconds. */
const LONG = 40_000;

const [first, second] = [nodeName(1), nodeName(2)];

/** A Deployment of one pod whose gate waits for a Job that is not there, on node2 where that is to be had. */
async function gated(here: Place): Promise<void> {
  const pod = gatedPod(
    "app",
    guidesContainer(["wait", "job/app-migrate"]),
    shell(here.it, "exec sleep 600"),
    {
      serviceAccountName: "app",
      terminationGracePeriodSeconds: 60,
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              preference: {
                matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [second] }],
              },
            },
          ],
        },
      },
      // As soon as its node is known to be lost, instead of minutes later.
      tolerations: ["not-ready", "unreachable"].map((word) => ({
        key: `node.kubernetes.io/${word}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 0,
      })),
    },
  ) as { metadata: object; spec: object };
  await here.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "app" } },
    ...guidesRights(here.namespace),
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "app" },
      spec: {
        selector: { matchLabels: { app: "app" } },
        template: { metadata: pod.metadata, spec: pod.spec },
      },
    },
  );
}

/** The pod of the Deployment that is on a node, once its gate says that it waits. */
async function waitsOn(here: Place, node: string): Promise<string> {
  const on = `--field-selector=spec.nodeName=${node}`;
  await here.kubectl("wait pod --selector=app=app --for=create --timeout=55s", on);
  const pod = (await here.kubectl("get pod --selector=app=app --output=name", on)).trim();
  await here.kubectl(
    `wait ${pod} --timeout=55s`,
    "--for=jsonpath={.status.initContainerStatuses[0].state.running}",
  );
  const log = await here.follow(pod, "gate");
  await log.waitForOutput(/there is no Job app-migrate in the namespace/, LONG);
  return pod;
}

/** The Job comes and ends, and the pod starts. */
async function opens(here: Place, pod: string): Promise<void> {
  await here.apply(job("app-migrate", shell(here.it, "true")));
  await here.kubectl(`wait ${pod} --for=condition=Ready --timeout=55s`);
}

describe.skipIf(!isOurs)("a gate that waits on a node", () => {
  test("which is drained, waits again on another one", async () => {
    const here = await place();
    await gated(here);
    const pod = await waitsOn(here, second);
    try {
      const began = performance.now();
      await here.it.kubectl([
        "drain",
        second,
        "--ignore-daemonsets",
        "--pod-selector=app=app",
        "--timeout=55s",
      ]);
      // It hears SIGTERM, and does not use up its grace period.
      expect(performance.now() - began).toBeLessThan(45_000);
      const next = await waitsOn(here, first);
      expect(next).not.toBe(pod);
      await opens(here, next);
    } finally {
      await here.it.kubectl(["uncordon", second]);
    }
  });

  test("which is lost: the next pod waits elsewhere, and the old one is not taken for ready when the node is back", async () => {
    const here = await place();
    await gated(here);
    const pod = await waitsOn(here, second);
    const stateDir = stateFolder();
    try {
      await killDaemon({ stateDir: sandboxOf(stateDir, 2).dir, name: "init" });
      await here.kubectl(`wait ${pod} --timeout=55s`, "--for=jsonpath={.metadata.deletionTimestamp}");
      const lost = await here.gate(pod);
      await lost.waitForOutput(/the pod is being ended; another one may come/, LONG);
      const next = await waitsOn(here, first);
      const rollout = await here.gate("deployment/app");
      await rollout.waitForOutput(/0 of 1 updated pods are available; pod app-\S+ is starting/, LONG);
      await opens(here, next);
      expect((await rollout.done).code).toBe(0);
    } finally {
      await up({ stateDir, nodes: 2, log: () => {} });
    }
    await here.kubectl(`wait ${pod} --for=delete --timeout=55s`);
  });
});
