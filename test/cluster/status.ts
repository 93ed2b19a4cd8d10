import { dirname, join } from "node:path";
import { apiServerDaemon } from "./apiserver.ts";
import { controllerManagerDaemon, schedulerDaemon } from "./controllers.ts";
import { dnsDaemon } from "./dns.ts";
import { etcdDaemon } from "./etcd.ts";
import { kubectl } from "./kubectl.ts";
import { kubeconfigPath } from "./paths.ts";
import { type Daemon, pidOf } from "./processes.ts";
import { sandboxOf } from "./sandbox.ts";
import { type ClusterState, readState } from "./state.ts";

/** The parts of a cluster, each with the daemon that it is. */
export function daemonsOf(stateDir: string, state: ClusterState): Daemon[] {
  const nodes = Array.from({ length: state.nodes }, (_, index) => sandboxOf(stateDir, index + 1));
  const isCluster = state.kind === "cluster";
  return [
    etcdDaemon(stateDir),
    apiServerDaemon(stateDir),
    ...(isCluster || state.controllers ? [controllerManagerDaemon(stateDir)] : []),
    ...(isCluster ? [schedulerDaemon(stateDir), dnsDaemon(stateDir)] : []),
    ...nodes.flatMap(({ dir, daemon }) => [
      daemon,
      ...["containerd", "kubelet", "kube-proxy"].map((name) => ({ stateDir: dir, name })),
    ]),
  ];
}

/** Whether everything that belongs to the cluster runs. */
export function isUp(stateDir: string): boolean {
  const state = readState(stateDir);
  if (state === undefined || state.goingDown) return false;
  return daemonsOf(stateDir, state).every((daemon) => pidOf(daemon) !== undefined);
}

/** Prints what runs, nodes, pods, and the path of the kubeconfig. Returns whether all of it runs. */
export async function status(stateDir: string, log: (line: string) => void): Promise<boolean> {
  const state = readState(stateDir);
  if (state === undefined) {
    log("no cluster: npm run cluster:up");
    return false;
  }
  for (const daemon of daemonsOf(stateDir, state)) {
    const name = join(
      dirname(daemon.stateDir) === stateDir ? daemon.stateDir.slice(stateDir.length + 1) : "",
      daemon.name,
    );
    log(`${name.padEnd(22)} ${pidOf(daemon) ?? "does not run"}`);
  }
  const file = join(state.builds, "kubectl");
  log(`\nkubeconfig  ${kubeconfigPath(stateDir)}\nkubectl     ${file}\nlogs        ${stateDir}/*.log\n`);
  if (pidOf(apiServerDaemon(stateDir)) !== undefined) {
    const ask = (...args: string[]) =>
      kubectl(file, kubeconfigPath(stateDir), [...args, "--request-timeout=5s"]).catch(
        (error: Error) => error.message,
      );
    if (state.kind === "cluster") log((await ask("get", "nodes", "--output=wide")).trimEnd());
    log(`\n${(await ask("get", "pods", "--all-namespaces")).trimEnd() || "no pods"}`);
  }
  return isUp(stateDir);
}
