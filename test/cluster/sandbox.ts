import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Daemon, type Program, signalDaemon, startDaemon, stopDaemon } from "./processes.ts";
import { until } from "./readiness.ts";

/**
 * A node is a set of namespaces: network, mounts, processes. What its containerd, kubelet and kube-proxy do to a
 * machine (iptables rules, interfaces, mounts, shims that outlive them, sockets below /run, kernel settings) stays in
 * there, and is gone when the first process in it ends.
 */
export interface Sandbox {
  /** Folder of the node, below the state folder. */
  dir: string;
  daemon: Daemon;
}

export const sandboxOf = (stateDir: string, node: number): Sandbox => {
  const dir = join(stateDir, `node${node}`);
  return { dir, daemon: { stateDir: dir, name: "init" } };
};

/** Folders that a kubelet or a CNI plugin insists on; each node gets an empty one of its own over them. */
const privateFolders = ["/run", "/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers"];

/**
 * What kubelet would set for the whole machine when it starts; it finds these instead (pkg/kubelet/cm,
 * setupKernelTunables; k8s.io/component-helpers/node/util/sysctl).
 */
const kernelSettings: Readonly<Record<string, number>> = {
  "vm/overcommit_memory": 1,
  "vm/panic_on_oom": 0,
  "kernel/panic": 10,
  "kernel/panic_on_oops": 1,
  "kernel/keys/root_maxkeys": 1_000_000,
  "kernel/keys/root_maxbytes": 25_000_000,
};

/** The first process: prepares the mounts, says so, and then only reaps what lost its parent. */
const init = `
set -e
dir=$0
mount --make-rslave /
for folder in ${privateFolders.join(" ")}; do mount -t tmpfs -o mode=755 sluice-node "$folder"; done
mkdir -p /run/netns /run/lock
${Object.keys(kernelSettings)
  .map((name) => `mount --bind "$dir/sys/${name}" /proc/sys/${name}`)
  .join("\n")}
mount --make-rshared /
touch "$dir/prepared"
set +e
while :; do sleep 3600 & wait $!; done
`;

/** Starts a node's namespaces, unless they are there. Returns the pid of the first process in them. */
export async function startSandbox({ dir, daemon }: Sandbox): Promise<number> {
  for (const folder of privateFolders) makeFolder(dir, folder);
  for (const [name, value] of Object.entries(kernelSettings)) {
    mkdirSync(dirname(join(dir, "sys", name)), { recursive: true });
    writeFileSync(join(dir, "sys", name), `${value}\n`);
  }
  const namespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const begin = Date.now();
  const file = "unshare";
  const pid = await startDaemon(daemon, { file, args: [...namespaces, "sh", "-c", init, dir] }, firstChild);
  const preparedSince = () => statSync(join(dir, "prepared"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const running = Number(readFileSync(join(dir, "init.pid"), "utf8").split(" ")[0]);
  const since = running === pid && preparedSince() < begin ? 0 : begin - 1_000;
  await until("the node's namespaces", async () => preparedSince() > since, { daemon, timeoutMs: 60_000 });
  return pid;
}

/** Ends everything in it, at once. */
export async function stopSandbox({ dir, daemon }: Sandbox): Promise<void> {
  signalDaemon(daemon, "SIGKILL"); // the first process of a namespace has no handler, and so hears no SIGTERM
  await stopDaemon(daemon);
  removeFolders(dir);
}

/** Starts a program in it. */
export function startInside(sandbox: Sandbox, init: number, name: string, program: Program): Promise<number> {
  const args = [`--target=${init}`, "--mount", "--net", "--pid", "--", program.file, ...program.args];
  return startDaemon({ stateDir: sandbox.dir, name }, { ...program, file: "nsenter", args }, firstChild);
}

/** The program itself: unshare and nsenter stay before it as its parent, and end with it. */
function firstChild(parent: number): Promise<number> {
  return until(`the child of ${parent}`, async () => {
    const [pid] = readFileSync(`/proc/${parent}/task/${parent}/children`, "latin1")
      .split(" ")
      .filter(Boolean);
    return pid === undefined ? undefined : Number(pid);
  });
}

/** Notes which folders were not there, to remove them again. */
function makeFolder(dir: string, folder: string): void {
  mkdirSync(dir, { recursive: true });
  const first = mkdirSync(folder, { recursive: true });
  if (first !== undefined) writeFileSync(join(dir, "made-folders"), `${folder}\n`, { flag: "a" });
}

function removeFolders(dir: string): void {
  for (const folder of readText(join(dir, "made-folders")).split("\n").filter(Boolean).reverse()) {
    try {
      rmdirSync(folder); // empty, unless somebody else uses it by now
    } catch {}
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
