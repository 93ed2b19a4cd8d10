import { readFileSync } from "node:fs";
import { childrenOf } from "../../src/rehearse/processes.ts";

/** Linux counts CPU time in hundredths of a second for user space, whatever the kernel does (proc(5), USER_HZ). */
const TICK_MS = 10;

/** CPU time of a process and of the children that it has waited for, in milliseconds. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // "pid (name) state ppid ...": utime, stime, cutime and cstime are fields 14 to 17 (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const times = fields.slice(11, 15).map(Number);
  return times.reduce((sum, time) => sum + time, 0) * TICK_MS;
}

/** Resident memory of a process and all below it now, in MiB; 0 where it is gone. */
export function residentOf(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, one, index) => {
    if (index > 0) return sum + residentOf(one);
    try {
      const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${one}/status`, "latin1"));
      return sum + Number(line?.[1] ?? 0) / 1024;
    } catch {
      return sum;
    }
  }, 0);
}
