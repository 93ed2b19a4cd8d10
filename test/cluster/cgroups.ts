import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const mount = "/sys/fs/cgroup";
const isUnified = (): boolean => existsSync(join(mount, "cgroup.controllers"));

/** A root of its own for each node's pods, or kubelets on one machine remove each other's. */
export const cgroupOf = (node: number): string => `/sluice-node${node}`;

/** Makes a node's cgroup: in every hierarchy of version 1, or in the one of version 2 with all its controllers. */
export function makeCgroup(node: number): void {
  for (const root of roots()) {
    const folder = join(root, cgroupOf(node));
    mkdirSync(folder, { recursive: true });
    // A new cgroup has no CPU and no memory node until it is told (version 1, cpuset).
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      if (!isUnified() && existsSync(join(folder, file))) {
        writeFileSync(join(folder, file), readFileSync(join(root, file)));
      }
    }
    if (isUnified()) enableControllers(root, folder);
  }
}

/** Removes a node's cgroups; waits, 10 s at most, for the processes in them to be gone. */
export async function removeCgroup(node: number): Promise<void> {
  for (const root of roots()) {
    const folder = join(root, cgroupOf(node));
    for (const deadline = Date.now() + 10_000; !removeTree(folder); await delay(50)) {
      if (Date.now() > deadline) throw new Error(`${folder} still has processes: ${processesIn(folder)}`);
    }
  }
}

/** The nodes that have a cgroup, and so were started once. */
export function nodesWithCgroup(): number[] {
  const found = roots().flatMap((root) =>
    readdirSync(root).flatMap((name) => /^sluice-node(\d+)$/.exec(name)?.[1] ?? []),
  );
  return [...new Set(found)].map(Number);
}

function roots(): string[] {
  if (isUnified()) return [mount];
  return readdirSync(mount, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(mount, name))
    .filter((root) => existsSync(join(root, "cgroup.procs")));
}

function enableControllers(root: string, folder: string): void {
  const all = readFileSync(join(root, "cgroup.controllers"), "utf8").trim().split(" ");
  const list = all.map((name) => `+${name}`).join(" ");
  for (const where of [root, folder]) writeFileSync(join(where, "cgroup.subtree_control"), list);
}

/** From the leaves upwards: a cgroup is removed by rmdir, and only without children. False where one is in use. */
function removeTree(folder: string): boolean {
  if (!existsSync(folder)) return true;
  const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const removed = children.map(({ name }) => removeTree(join(folder, name)));
  try {
    if (removed.every(Boolean)) rmdirSync(folder);
  } catch {
    return !existsSync(folder);
  }
  return removed.every(Boolean);
}

function processesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("cgroup.procs"))
    .map((name) => readFileSync(join(folder, name), "utf8").trim().replaceAll("\n", " "))
    .join(" ");
}
