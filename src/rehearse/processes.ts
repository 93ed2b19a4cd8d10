import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const hasProc = existsSync("/proc/self/stat");

/** Whether a process runs. A zombie, which only waits to be reaped, does not. Takes a pid. */
export function isRunning(pid: number): boolean {
  if (!hasProc) return sendSignal(pid, 0);
  try {
    // "pid (name) state ...": the name may hold spaces and brackets, hence the last bracket (proc_pid_stat(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const state = stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}

/** The pids of a process's children; empty where there are none. */
export function childrenOf(pid: number): number[] {
  try {
    const list = hasProc
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1")
      : execFileSync("pgrep", ["-P", String(pid)], { encoding: "latin1" });
    return list.split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Sends a signal; false where the process is gone. Signal 0 only asks. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Waits until none of the processes runs; false where one still does after `timeoutMs` milliseconds. */
export async function waitUntilGone(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  // Polled: they are no children of ours, so the kernel tells us nothing about their end.
  for (const deadline = Date.now() + timeoutMs; ; await delay(10)) {
    if (!pids.some(isRunning)) return true;
    if (Date.now() > deadline) return false;
  }
}

/** Ends a process and its children with SIGKILL. The parent is stopped first, so that it cannot start another child. */
export async function killWithChildren(pid: number): Promise<void> {
  sendSignal(pid, "SIGSTOP");
  const pids = [pid, ...childrenOf(pid)];
  for (const each of pids) sendSignal(each, "SIGKILL");
  await waitUntilGone(pids, 5_000);
}
