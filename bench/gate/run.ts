import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Request } from "../../test/cluster/audit.ts";
import type { Command } from "../peers/peer.ts";
import { cpuOf, residentOf } from "./process-tree.ts";
import type { Stage } from "./stage.ts";
import type { Waiter } from "./waiters.ts";

/** How often memory is looked at: a kubectl that polls lives for some 100 ms. Milliseconds. */
const LOOK = 20;

/** What one waiter did while nothing happened. */
export interface Idle {
  requests: Request[];
  cpuMs: number;
  peakMiB: number;
}

/** One waiter at work: what it waits for, and as whom it asks. */
export interface Trial {
  stage: Stage;
  waiter: Waiter;
  job: string;
  user: string;
  signal: AbortSignal;
}

/** From the sending of Complete to the API to the end of the waiter, in milliseconds. */
export async function sampleLatency(trial: Trial): Promise<number> {
  const { stage, waiter, job, signal } = trial;
  await stage.createJob(job);
  return whileItRuns(trial, async (child) => {
    const exit = once(child, "exit", { signal });
    // A loop may be at any point of its pause when the Job ends.
    await delay(1500 + Math.random() * 2000, undefined, { signal });
    const completed = await stage.complete(job);
    const [code] = await exit;
    if (code !== 0) throw new Error(`${waiter.name}: exit status ${code}`);
    return performance.now() - completed;
  });
}

/** What a waiter costs while it waits for so many milliseconds for a Job that does not end. */
export async function sampleIdle(trial: Trial, ms: number): Promise<Idle> {
  const { stage, waiter, job, user, signal } = trial;
  await stage.createJob(job);
  return whileItRuns(trial, async (child) => {
    const pid = child.pid ?? 0;
    let peakMiB = 0;
    for (
      const until = performance.now() + ms;
      performance.now() < until;
      await delay(LOOK, undefined, { signal })
    )
      peakMiB = Math.max(peakMiB, residentOf(pid));
    if (child.exitCode !== null) throw new Error(`${waiter.name} ended: ${child.exitCode}`);
    return { cpuMs: cpuOf(pid), peakMiB, requests: stage.requests(user) };
  });
}

/** From the start of the process to its watch at the API server, in milliseconds; for a Job that is there. */
export async function sampleStart(trial: Trial): Promise<number> {
  const { stage, waiter, user, signal } = trial;
  const began = Date.now();
  return whileItRuns(trial, async () => {
    for (
      const until = performance.now() + 10_000;
      performance.now() < until;
      await delay(20, undefined, { signal })
    ) {
      const watch = stage.requests(user).find(({ verb, received }) => verb === "watch" && received >= began);
      if (watch !== undefined) return watch.received - began;
    }
    throw new Error(`${waiter.name}: no watch after 10 s`);
  });
}

/** Starts a waiter, looks at it, and ends it and what it started. */
async function whileItRuns<T>(
  { stage, waiter, job, user }: Trial,
  look: (child: ChildProcess) => Promise<T>,
): Promise<T> {
  const child = start(waiter.command(job, stage.kubeconfig(user)));
  try {
    return await look(child);
  } finally {
    end(child);
  }
}

function start({ argv, env }: Command): ChildProcess {
  const { PATH = "/usr/bin:/bin" } = process.env;
  // A group of its own, so that the end reaches what the waiter started, too. HOME: kubectl's cache of what there is.
  return spawn(argv[0] ?? "", argv.slice(1), {
    env: { PATH, HOME: process.env.HOME ?? "/", LANG: "C", ...env },
    detached: true,
    stdio: "ignore",
  });
}

function end(child: ChildProcess): void {
  try {
    if (child.pid) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
