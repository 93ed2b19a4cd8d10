import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onPath, run } from "./run.ts";

/** What of a machine a cluster could leave behind, one line a thing. */
export function inventory(stateDir: string): Set<string> {
  const lines = (what: string, text: string) =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => `${what}: ${line}`);
  return new Set([
    ...lines("mount", readFileSync("/proc/mounts", "utf8")),
    ...readdirSync("/sys/class/net").map((name) => `interface: ${name}`),
    ...lines("route", run("ip", ["route"])),
    ...names("/run/netns").map((name) => `network namespace: ${name}`),
    ...rules(),
    ...cgroups().map((path) => `cgroup: ${path}`),
    ...["/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers", stateDir]
      .filter(existsSync)
      .map((path) => `folder: ${path}`),
    ...processes(stateDir),
  ]);
}

function rules(): string[] {
  return ["iptables-save", "ip6tables-save", "iptables-legacy-save"].filter(onPath).flatMap((command) =>
    run(command, [])
      .split("\n")
      .filter((line) => line.startsWith(":") || line.startsWith("-A"))
      .map((line) => `${command}: ${line.replace(/\[\d+:\d+\]/, "")}`),
  );
}

function cgroups(): string[] {
  const mount = "/sys/fs/cgroup";
  const roots = [mount, ...names(mount).map((name) => join(mount, name))];
  return roots.flatMap((root) =>
    names(root)
      .filter((name) => name.startsWith("sluice") || name === "kubepods")
      .map((name) => join(root, name)),
  );
}

/** By command line, folder or cgroup. Zombies, which wait for the machine's first process to reap them, have neither. */
function processes(stateDir: string): string[] {
  return names("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const command = text(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
      const ours =
        command.includes(`${stateDir}/`) ||
        (command !== "" && /\/sluice-node/.test(text(`/proc/${pid}/cgroup`)));
      return ours && Number(pid) !== process.pid ? [`process: ${pid} ${command}`] : [];
    });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
