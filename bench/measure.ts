import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./peers/peer.ts";
import { runProcess } from "./process.ts";

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
  const memory = options.memory && hasTime();
  const peakFile = join(scratch, "peak");
  const argv = memory ? [time, "-f", "%M", "-o", peakFile, ...command.argv] : command.argv;
  const { milliseconds, failure, said } = await runProcess({ ...command, argv }, { scratch, signal });
  if (failure !== undefined) throw new Error(`${command.argv.join(" ")}: ${failure}\n${said}`);
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
