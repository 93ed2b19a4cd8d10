import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "../../src/rehearse/server.ts";
import type { Pooler } from "../support/pgbouncer.ts";
import { query } from "../support/postgres.ts";
import type { Runner } from "./actors.ts";
import type { CutProxy } from "./proxy.ts";
import type { Random } from "./random.ts";

/** What faults can reach. */
export interface Target {
  server: Server;
  database: string;
  runners: readonly Runner[];
  proxy: CutProxy | undefined;
  pooler: Pooler | undefined;
  random: Random;
}

/** A way to disturb. @returns whether it hit anything. */
type Fault = (target: Target) => Promise<boolean>;

const FAULTS: Record<string, { weight: number; strike: Fault }> = {
  "SIGKILL of a runner": { weight: 8, strike: (target) => signalRunner(target, "SIGKILL") },
  "SIGTERM of a runner": { weight: 3, strike: (target) => signalRunner(target, "SIGTERM") },
  pg_terminate_backend: { weight: 4, strike: terminateBackend },
  "connections cut": { weight: 3, strike: cutConnections },
  "PgBouncer killed": { weight: 3, strike: restartPooler },
  "server killed": { weight: 1, strike: killServer },
};

/** Strikes once, at something that is there. @returns the name of what was done, or undefined where nothing was hit. */
export async function strike(target: Target): Promise<string | undefined> {
  const bag = Object.entries(FAULTS).flatMap(([name, { weight }]) => Array<string>(weight).fill(name));
  const name = target.random.pick(bag);
  return (await FAULTS[name]?.strike(target)) ? name : undefined;
}

async function signalRunner(target: Target, signal: NodeJS.Signals): Promise<boolean> {
  // More often the one that works than one of those that wait for it.
  const holder = target.random.next() < 0.7 ? await workingRunner(target) : undefined;
  const running = target.runners.map((runner) => runner.child()).filter((child) => child?.exitCode === null);
  const child =
    running.find((one) => one?.pid === holder) ??
    (running.length > 0 ? target.random.pick(running) : undefined);
  return child?.kill(signal) ?? false;
}

/** Process of the runner whose session holds the lock, by the port of its connection. */
async function workingRunner(target: Target): Promise<number | undefined> {
  if (target.proxy !== undefined || target.pooler !== undefined) return undefined;
  const [row] = await ask(
    target,
    `select a.client_port from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.granted`,
  );
  return row === undefined ? undefined : processOfPort(Number(row["client_port"]), target.runners);
}

/** Which of the runners has a socket with this local port, from /proc (Linux; elsewhere none is found). */
async function processOfPort(port: number, runners: readonly Runner[]): Promise<number | undefined> {
  const { readFile, readdir, readlink } = await import("node:fs/promises");
  const table = await readFile("/proc/net/tcp", "utf8").catch(() => "");
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const inode = table
    .split("\n")
    .find((line) => line.trim().split(/\s+/)[1]?.endsWith(`:${hex}`))
    ?.trim()
    .split(/\s+/)[9];
  for (const runner of runners) {
    const pid = runner.child()?.pid;
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      if ((await readlink(`/proc/${pid}/fd/${file}`).catch(() => "")) === `socket:[${inode}]`) return pid;
    }
  }
  return undefined;
}

async function terminateBackend(target: Target): Promise<boolean> {
  const rows = await ask(
    target,
    `select pg_terminate_backend(pid) from (select pid from pg_stat_activity where datname = '${target.database}'
       and application_name like 'sluice%' and pid <> pg_backend_pid() order by random() limit 1) one`,
  );
  return rows.length > 0;
}

async function cutConnections(target: Target): Promise<boolean> {
  target.proxy?.cut();
  return target.proxy !== undefined;
}

async function restartPooler(target: Target): Promise<boolean> {
  await target.pooler?.restart();
  return target.pooler !== undefined;
}

async function killServer(target: Target): Promise<boolean> {
  await target.server.kill();
  await sleep(target.random.between(0, 500));
  await target.server.restart();
  return true;
}

/** Asks the server, as long as it answers. */
async function ask(target: Target, sql: string) {
  return query(target.server.url(), sql).catch(() => []);
}
