import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes that a container's cgroup is charged with. */
export interface Memory {
  /** Of the processes themselves: what cannot be dropped. */
  anonymous: number;
  /** As the kubelet counts it: usage without inactive files (Kubernetes documentation, "Node-pressure Eviction"). */
  workingSet: number;
  /** The most that was ever used, files that could be dropped included. */
  peak: number;
}

/** The memory of a container by its id without the runtime's name, on this machine; undefined where there is none. */
export function memoryOf(id: string): Memory | undefined {
  const isUnified = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
  const found = readdirSync(root, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith(id));
  if (found === undefined) return undefined;
  const read = (file: string) => readFileSync(join(root, found, file), "utf8");
  const stat = new Map(
    read("memory.stat")
      .split("\n")
      .map((line) => line.split(" ") as [string, string]),
  );
  const of = (key: string) => Number(stat.get(key));
  const [usage, peak, anonymous, inactive] = isUnified
    ? ["memory.current", "memory.peak", "anon", "inactive_file"]
    : ["memory.usage_in_bytes", "memory.max_usage_in_bytes", "total_rss", "total_inactive_file"];
  return {
    anonymous: of(anonymous as string),
    workingSet: Number(read(usage as string)) - of(inactive as string),
    peak: Number(read(peak as string)),
  };
}
