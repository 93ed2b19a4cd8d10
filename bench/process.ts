import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./peers/peer.ts";

export interface ProcessOptions {
  /** Current folder of the process, and place of its output while it runs. */
  scratch: string;
  /** Name of the file of its output, where several run at once. */
  outputName?: string;
  /** After so long it is ended; without it, only by the signal. */
  limitMs?: number;
  signal: AbortSignal;
}

export interface ProcessEnd {
  /** From the start of the process to the news of its end. */
  milliseconds: number;
  /** Undefined: exit status 0. Else "exit status 3", or the signal's name. */
  failure: string | undefined;
  /** The end of what it printed: ten lines of standard output and standard error together. */
  said: string;
}

/** Runs a command to its end. Throws where the signal is aborted, and never leaves the process behind. */
export async function runProcess(command: Command, options: ProcessOptions): Promise<ProcessEnd> {
  const { scratch, outputName = "output", limitMs, signal } = options;
  signal.throwIfAborted();
  const outputFile = join(scratch, outputName);
  const output = openSync(outputFile, "w");
  const begin = performance.now();
  const child = spawn(command.argv[0] ?? "", command.argv.slice(1), {
    cwd: scratch,
    env: environment(command),
    // A group of its own, so that an abort reaches what the command itself started, too.
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const end = () => endGroup(child);
  const limit = limitMs === undefined ? undefined : setTimeout(end, limitMs);
  signal.addEventListener("abort", end);
  const [code, killedBy] = await once(child, "exit").finally(() => {
    clearTimeout(limit);
    signal.removeEventListener("abort", end);
  });
  const milliseconds = performance.now() - begin;
  signal.throwIfAborted();
  const said = readFileSync(outputFile, "utf8").trimEnd().split("\n").slice(-10).join("\n");
  return { milliseconds, failure: code === 0 ? undefined : (killedBy ?? `exit status ${code}`), said };
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
