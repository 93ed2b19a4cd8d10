import { beforeAll, describe, expect, test } from "bun:test";
import { apiServerDaemon } from "../cluster/apiserver.ts";
import { etcdDaemon } from "../cluster/etcd.ts";
import { nodeName } from "../cluster/node.ts";
import { stateFolder } from "../cluster/paths.ts";
import { type Daemon, killDaemon, pidOf } from "../cluster/processes.ts";
import { until } from "../cluster/readiness.ts";
import { sandboxOf } from "../cluster/sandbox.ts";
import { readState } from "../cluster/state.ts";
import { daemonsOf, isUp } from "../cluster/status.ts";
import { up } from "../cluster/up.ts";
import { type Cluster, cluster, isOurs } from "./support.ts";

/** `npm run cluster:up` on a cluster that is up, or was and lost something. */
describe.skipIf(!isOurs)("up again", () => {
  const stateDir = stateFolder();
  const lines: string[] = [];
  const again = () => up({ stateDir, log: (line) => lines.push(line) });
  const pids = () => daemonsOf(stateDir, readState(stateDir)!).map(pidOf);
  const inNode = (number: number, name: string): Daemon => ({
    stateDir: sandboxOf(stateDir, number).dir,
    name,
  });
  let it: Cluster;
  beforeAll(async () => {
    it = await cluster();
  });

  /** A pod on each node that was there before, and whose containers must be there, or be there again, afterwards. */
  async function podsOnBoth(): Promise<{ namespace: string; ready(): Promise<string> }> {
    const namespace = await it.namespace();
    for (const number of [1, 2]) {
      const container = { name: "main", image: it.testImage, command: ["sleep", "600"] };
      // Not evicted from a node that is away for longer than usual.
      const tolerations = [{ operator: "Exists", effect: "NoExecute" }];
      const spec = {
        nodeName: nodeName(number),
        terminationGracePeriodSeconds: 1,
        containers: [container],
        tolerations,
      };
      const manifest = { apiVersion: "v1", kind: "Pod", metadata: { name: nodeName(number) }, spec };
      await it.apply(namespace, JSON.stringify(manifest));
    }
    const wait = ["wait", "pod/node1", "pod/node2", "--for=condition=Ready", "--timeout=90s"];
    const ready = () => it.kubectl([...wait, `--namespace=${namespace}`]);
    await ready();
    return { namespace, ready };
  }

  test("a second time changes nothing", async () => {
    const before = pids();
    await again();
    expect(pids()).toEqual(before);
  });

  test("after kubelet, containerd and the API server were killed: they run, and the pods never stopped", async () => {
    const { namespace, ready } = await podsOnBoth();
    const killed = [apiServerDaemon(stateDir), inNode(1, "kubelet"), inNode(2, "containerd")];
    for (const daemon of killed) await killDaemon(daemon);
    expect(isUp(stateDir)).toBe(false);
    await again();
    expect(isUp(stateDir)).toBe(true);
    await ready();
    const counts = "jsonpath={.items[*].status.containerStatuses[0].restartCount}";
    expect(await it.kubectl(["get", "pods", `--namespace=${namespace}`, "--output", counts])).toBe("0 0");
    // Ready is what the kubelet that was killed had said; the new one knows its pods a moment later.
    const exec = () => it.kubectl(["exec", `--namespace=${namespace}`, "node1", "--", "echo", "here"]);
    expect(await until("the new kubelet serves its pods", exec, { timeoutMs: 60_000 })).toBe("here\n");
  });

  test("after a node and etcd were lost: the node starts its pods again", async () => {
    const { namespace } = await podsOnBoth();
    await killDaemon(inNode(2, "init"));
    await killDaemon(etcdDaemon(stateDir));
    await again();
    const restarted = [
      "pod/node2",
      "--for=jsonpath={.status.containerStatuses[0].restartCount}=1",
      "--timeout=90s",
    ];
    await it.kubectl(["wait", ...restarted, `--namespace=${namespace}`]);
    const running = ["pod/node2", "--for=condition=Ready", "--timeout=60s"];
    await it.kubectl(["wait", ...running, `--namespace=${namespace}`]);
    const exec = () => it.kubectl(["exec", `--namespace=${namespace}`, "node2", "--", "echo", "here"]);
    expect(await until("the new kubelet serves its pods", exec)).toBe("here\n");
  });
});
