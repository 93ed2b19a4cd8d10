import { dirname } from "node:path";
import { type ApiServerSpec, accessOf, startApiServer } from "./apiserver.ts";
import { ensureBuilt } from "./build.ts";
import { startControllerManager, startScheduler } from "./controllers.ts";
import { type Credentials, openCredentials } from "./credentials.ts";
import { startDns } from "./dns.ts";
import { down } from "./down.ts";
import { etcdUrl, startEtcd } from "./etcd.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { withLock } from "./lock.ts";
import { addresses, makeBridge } from "./network.ts";
import { nodeName, startNode } from "./node.ts";
import { ensurePackages } from "./packages.ts";
import { kubeconfigPath, lockPath } from "./paths.ts";
import { freePort } from "./ports.ts";
import { bootId, type Daemon, startedAt } from "./processes.ts";
import { type Access, get, until } from "./readiness.ts";
import { type ClusterState, readState, writeState } from "./state.ts";

export interface UpOptions {
  stateDir: string;
  /** At least; a cluster that has more keeps them. */
  nodes?: number;
  /** etcd and the API server on loopback, without root; `controllers` with the controller manager. */
  kind?: "cluster" | "control-plane";
  controllers?: boolean;
  log(line: string): void;
}

type Executables = (name: string) => string;
type Timed = <T>(what: string, task: () => T | Promise<T>) => Promise<T>;

/**
 * Brings the cluster up, or what of it does not run: after a crash, after a start that was interrupted, with one node
 * more. What cannot go on (half taken down, another kind, other builds, the machine started again) is taken down first.
 */
export async function up(options: UpOptions): Promise<void> {
  const { stateDir, log, kind = "cluster" } = options;
  if (kind === "cluster") checkMachine(stateDir);
  const step = timed(log);
  const executable = await step("builds", () =>
    ensureBuilt(kind === "cluster" ? ["etcd", "kubernetes", "coredns"] : ["etcd", "kubernetes"], log),
  );
  if (kind === "cluster") await step("packages", () => ensurePackages(log));
  await withLock(lockPath(), async () => {
    const state = await decide(options, dirname(executable("kubelet")));
    writeState(stateDir, state);
    const { credentials, access } = await startPlane(options, state, executable, step);
    if (state.kind === "cluster") await startNodes(options, state, executable, credentials, access, step);
  });
}

function checkMachine(stateDir: string): void {
  if (process.platform !== "linux") throw new Error("a node needs Linux; --control-plane does without nodes");
  if (process.getuid?.() !== 0)
    throw new Error("a node needs root; --control-plane does without nodes and root");
  // A node has its own /run; and a Unix socket's address holds 108 bytes.
  if (/^(\/var)?\/run(\/|$)/.test(stateDir) || stateDir.length > 60) {
    throw new Error(`SLUICE_CLUSTER_DIR must be a short path outside of /run: ${stateDir}`);
  }
}

async function decide({ stateDir, log, ...wanted }: UpOptions, builds: string): Promise<ClusterState> {
  const found = readState(stateDir);
  const { kind = "cluster", controllers = false, nodes = 1 } = wanted;
  const reason =
    found === undefined
      ? undefined
      : found.goingDown
        ? "it was half taken down"
        : found.kind !== kind
          ? `it is a ${found.kind}`
          : found.builds !== builds
            ? "other builds run"
            : found.boot !== bootId()
              ? "the machine was started again"
              : undefined;
  if (found !== undefined && reason === undefined) {
    return { ...found, nodes: Math.max(nodes, found.nodes), controllers: controllers || found.controllers };
  }
  if (reason !== undefined) {
    log(`taking down what is there: ${reason}`);
    await down({ stateDir, log });
  }
  return {
    kind,
    controllers,
    nodes: kind === "cluster" ? nodes : 0,
    etcd: { client: await freePort(), peer: await freePort() },
    address: kind === "cluster" ? addresses.host : "127.0.0.1",
    port: kind === "cluster" ? 6443 : await freePort(),
    builds,
    boot: bootId(),
  };
}

async function startPlane(
  { stateDir }: UpOptions,
  state: ClusterState,
  executable: Executables,
  step: Timed,
): Promise<{ credentials: Credentials; access: Access }> {
  const credentials = openCredentials(stateDir);
  const spec: ApiServerSpec = {
    stateDir,
    file: executable("kube-apiserver"),
    credentials,
    etcd: etcdUrl(state.etcd),
    address: state.address,
    port: state.port,
    serviceRange: addresses.services,
    names: [addresses.firstService],
    flags: [
      `--advertise-address=${addresses.host}`,
      ...(state.kind === "cluster"
        ? // A pod is taken off a lost node after 30 s more, and not after 300.
          ["--default-not-ready-toleration-seconds=30", "--default-unreachable-toleration-seconds=30"]
        : ["--endpoint-reconciler-type=none"]),
      ...(state.kind === "cluster" || state.controllers
        ? []
        : ["--disable-admission-plugins=ServiceAccount"]),
    ],
  };
  const access = accessOf(spec);
  writeKubeconfig(kubeconfigPath(stateDir), access);
  if (state.kind === "cluster") makeBridge();
  await step("etcd", () => startEtcd(stateDir, executable("etcd"), state.etcd));
  await step("API server", () => startApiServer(spec));
  const common = { stateDir, credentials, access };
  if (state.kind === "cluster" || state.controllers) {
    await startControllerManager({ ...common, file: executable("kube-controller-manager") });
  }
  if (state.kind === "cluster") {
    await startScheduler({ ...common, file: executable("kube-scheduler") });
    await startDns({ ...common, file: executable("coredns"), address: addresses.host });
  }
  return { credentials, access };
}

async function startNodes(
  { stateDir }: UpOptions,
  state: ClusterState,
  executable: Executables,
  credentials: Credentials,
  access: Access,
  step: Timed,
): Promise<void> {
  const all = Array.from({ length: state.nodes }, (_, index) => index + 1);
  for (const number of all) {
    await step(`${nodeName(number)} started`, () =>
      startNode({ stateDir, number, executable, credentials, access }, all),
    );
  }
  for (const number of all) {
    const daemon: Daemon = { stateDir: `${stateDir}/${nodeName(number)}`, name: "kubelet" };
    await step(`${nodeName(number)} Ready`, () =>
      until(`${nodeName(number)} is Ready`, () => isReady(access, number, startedAt(daemon)), {
        daemon,
        timeoutMs: 120_000,
      }),
    );
  }
  // A pod that comes earlier is refused.
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  await step("ServiceAccount default", () =>
    until("ServiceAccount default", async () => (await get(access, account)).status === 200),
  );
}

/**
 * Ready, and nothing keeps pods away: after a crash the controllers need a moment to take their taint back. What a
 * kubelet said that has ended since does not count: its lease must be newer than the one that runs.
 */
async function isReady(access: Access, number: number, since: number): Promise<boolean> {
  const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
  const lease = await get(access, `${leases}/${nodeName(number)}`);
  if (lease.status !== 200) return false;
  const { renewTime } = (JSON.parse(lease.body) as { spec: { renewTime: string } }).spec;
  if (Date.parse(renewTime) < since) return false;
  const { status, body } = await get(access, `/api/v1/nodes/${nodeName(number)}`);
  if (status !== 200) return false;
  const node = JSON.parse(body) as {
    spec: { taints?: { key: string }[] };
    status: { conditions?: { type: string; status: string }[] };
  };
  const ready = node.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return ready === true && !node.spec.taints?.some(({ key }) => /not-ready|unreachable/.test(key));
}

/** Says how long each step took. */
function timed(log: (line: string) => void): Timed {
  return async (what, task) => {
    const begin = performance.now();
    const result = await task();
    log(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${what}`);
    return result;
  };
}
