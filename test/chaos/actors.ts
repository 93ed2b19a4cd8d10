import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** Processes that run now. */
const alive = new Set<ChildProcess>();

/** Ends every actor, for a run that is itself ended. */
export function endActors(): void {
  for (const child of alive) child.kill("SIGKILL");
}

/** How an actor's process ended. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
  at: number;
}

/** A runner as a Job keeps it: started again until it succeeds, unless it ends with a status that says "never". */
export interface Runner {
  child(): ChildProcess | undefined;
  /** Resolves when it has succeeded, or ended for good with what a person would have to look at. */
  done: Promise<{ ends: End[]; stuck: End | undefined }>;
}

/** Exit statuses that the Job's podFailurePolicy does not retry, and the one of a bug. */
const FINAL = new Set([1, 2, 3, 4, 5, 70, 124]);

/**
 * Starts a runner and starts it again, after a short pause, as long as it is killed or ends with a status that passes.
 * @param stop when it is aborted no new process is started.
 */
export function startRunner(
  executable: string,
  args: readonly string[],
  url: string,
  stop: AbortSignal,
): Runner {
  let current: ChildProcess | undefined;
  const run = async () => {
    const ends: End[] = [];
    while (!stop.aborted) {
      const process = launch(executable, args, url);
      current = process.child;
      const end = await process.end;
      ends.push(end);
      if (end.code === 0) return { ends, stuck: undefined };
      if (end.code !== null && FINAL.has(end.code)) return { ends, stuck: end };
      await sleep(100 + Math.random() * 200);
    }
    return { ends, stuck: undefined };
  };
  return { child: () => current, done: run() };
}

/** Starts a gate. It must end with 0, and not before everything is applied. */
export function startGate(
  executable: string,
  dir: string,
  url: string,
): { child: ChildProcess; end: Promise<End> } {
  return launch(executable, ["wait", "schema", "--dir", dir], url);
}

function launch(
  executable: string,
  args: readonly string[],
  url: string,
): { child: ChildProcess; end: Promise<End> } {
  const child = spawn(executable, args, {
    env: { PATH: process.env["PATH"] ?? "", SLUICE_URL: url },
    stdio: ["ignore", "ignore", "pipe"],
  });
  alive.add(child);
  child.once("exit", () => alive.delete(child));
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-20_000);
  });
  const end = new Promise<End>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, stderr, at: Date.now() }));
  });
  return { child, end };
}
