import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SluiceError } from "../errors.ts";
import { type Cluster, serverEnvironment } from "./initialise.ts";
import { killWithChildren, sendSignal } from "./processes.ts";
import type { Watcher } from "./watcher.ts";

export type StopMode = "fast" | "immediate";

/** A running postmaster. */
export interface Postmaster {
  pid: number;
  /** Ends it and waits; SIGQUIT after 10 s, SIGKILL after another 8. */
  stop(mode: StopMode): Promise<void>;
  /** SIGKILL for it and its children: a crash of the server. */
  kill(): Promise<void>;
}

const startTimeoutMs = 60_000;

/** Starts the server of `<folder>/data` and waits until it accepts connections. Throws SL6003. */
export async function startPostmaster(cluster: Cluster, watcher: Watcher, port: number): Promise<Postmaster> {
  const data = join(watcher.folder, "data");
  const log = join(watcher.folder, "postgres.log");
  const output = openSync(log, "a", 0o600);
  const child = spawn(join(cluster.bin, "postgres"), ["-D", data], {
    ...cluster.account,
    cwd: data,
    env: serverEnvironment(),
    detached: true, // Ctrl-C is the business of this program, which then stops the server
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let end: string | undefined;
  const ended = new Promise<void>((resolve) => {
    const note = (reason: string) => {
      end = reason;
      resolve();
    };
    child.once("error", (error) => note(error.message));
    child.once("exit", (code, signal) => note(signal ?? `exit status ${code}`));
  });
  if (child.pid) watcher.watch(child.pid);
  const pid = child.pid ?? 0;
  const postmaster: Postmaster = {
    pid,
    async stop(mode) {
      child.ref();
      const signals: NodeJS.Signals[] = mode === "fast" ? ["SIGINT", "SIGQUIT"] : ["SIGQUIT"];
      for (const signal of signals) {
        if (end === undefined) sendSignal(pid, signal);
        if (await within(ended, signal === "SIGINT" ? 10_000 : 8_000)) return;
      }
      await postmaster.kill();
    },
    async kill() {
      child.ref();
      if (end === undefined) await killWithChildren(pid);
      await ended;
    },
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(isReady(data, pid) && (await accepts(port)))) {
    if (end === undefined && Date.now() < deadline) {
      await delay(10);
      continue;
    }
    const reason = end ?? `not ready after ${startTimeoutMs / 1000} s`;
    if (end === undefined) await postmaster.kill();
    throw new SluiceError("SL6003", { params: { major: cluster.major, reason }, notes: lastLines(log, 12) });
  }
  child.unref(); // a server that is still up does not keep the program from ending
  return postmaster;
}

/** The eighth line of postmaster.pid is the server's state, since PostgreSQL 10; the first its pid (miscadmin.h). */
function isReady(data: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
  } catch {
    return false;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(ms, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return inTime;
}

function lastLines(path: string, count: number): string[] {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-count);
  } catch {
    return [];
  }
}
