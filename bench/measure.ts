import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./peers/peer.ts";

export interface Sample {
  /** From the start of the process to the news of its end. */
  milliseconds: number;
  /** Peak resident memory; only where it was asked for and can be measured. */
  peakMiB: number | undefined;
}

export interface MeasureOptions {
  /** Current folder of the process, and place of its output while it runs. */
  scratch: string;
  /** Measures the peak, which costs a process more: the time is then not one to compare. */
  memory: boolean;
  signal: AbortSignal;
}

/** Runs a command to its end. Throws where it fails, with the end of its output, and where the signal is aborted. */
export async function measure(command: Command, options: MeasureOptions): Promise<Sample> {
  const { scratch, signal } = options;
  signal.throwIfAborted();
  const memory = options.memory && hasTime();
  const [outputFile, peakFile] = [join(scratch, "output"), join(scratch, "peak")];
  const argv = memory ? [time, "-f", "%M", "-o", peakFile, ...command.argv] : command.argv;
  const output = openSync(outputFile, "w");
  const begin = performance.now();
  const child = spawn(argv[0] ?? "", argv.slice(1), {
    cwd: scratch,
    env: environment(command),
    // A group of its own, so that an abort reaches what `time` started, too.
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const abort = () => endGroup(child);
  signal.addEventListener("abort", abort);
  const [code, killedBy] = await once(child, "exit").finally(() =>
    signal.removeEventListener("abort", abort),
  );
  const milliseconds = performance.now() - begin;
  signal.throwIfAborted();
  if (code !== 0) {
    const said = readFileSync(outputFile, "utf8").trimEnd().split("\n").slice(-10).join("\n");
    throw new Error(`${command.argv.join(" ")}: ${killedBy ?? `exit status ${code}`}\n${said}`);
  }
  return { milliseconds, peakMiB: memory ? Number(readFileSync(peakFile, "utf8")) / 1024 : undefined };
}

/**
 * Why not the resource usage that Bun gives of a child: it starts children by vfork, and Linux carries the peak of the
 * address space that was left by execve over into the process's figure (getrusage(2), exec_mmap in the kernel), so
 * that a child of a 300 MiB program never shows less than 300 MiB. GNU time is small, and forks.
 */
const time = "/usr/bin/time";

/** Whether peaks can be measured: `-f` and `-o` are GNU's. */
export function hasTime(): boolean {
  return process.platform === "linux" && existsSync(time);
}

/** Only what programs need: a DATABASE_URL or PGHOST of the user must not lead a tool astray. */
function environment({ env }: Command): Record<string, string> {
  const { PATH = "/usr/bin:/bin", HOME = "/" } = process.env;
  return { PATH, HOME, LANG: "C", ...env };
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}
