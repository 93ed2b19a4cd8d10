import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const hasProc = existsSync("/proc/self/stat");

/** Sends a signal to every process of a group; false where there is none. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    // One of another user (setuid) is among them; the others got it.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Whether a process of a group still runs. Zombies do not count: as PID 1 of a container nobody reaps those that the
 * command left to us, and a signal to them succeeds for ever.
 */
export function groupRuns(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  if (!hasProc) return true;
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      // "pid (name) state ppid pgrp ...": the name may hold spaces and brackets (proc_pid_stat(5)).
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(pgrp) === group && state !== "Z" && state !== "X";
    } catch {
      return false;
    }
  });
}

/** Waits until nothing of a group runs; false where something still does after `timeout` milliseconds. */
export async function untilGroupEnds(group: number, timeout: number): Promise<boolean> {
  // Polled: they are not our children, so the kernel tells us nothing about their end.
  for (const deadline = performance.now() + timeout; ; await sleep(20)) {
    if (!groupRuns(group)) return true;
    if (performance.now() > deadline) return false;
  }
}
