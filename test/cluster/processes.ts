import { spawn } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Programs that outlive the script which started them. `NAME.pid` in the state folder holds "PID START BOOT": the
 * process's start time and the machine's boot, so that a pid which is used again is not taken for ours, not even after
 * a reboot.
 */
export interface Daemon {
  stateDir: string;
  /** Of its pid file and its log. */
  name: string;
}

export interface Program {
  file: string;
  args: readonly string[];
  /** Beside PATH and HOME. */
  env?: Readonly<Record<string, string>>;
}

/** Path of what a daemon writes. */
export const logOf = ({ stateDir, name }: Daemon): string => join(stateDir, `${name}.log`);
const pidFileOf = ({ stateDir, name }: Daemon): string => join(stateDir, `${name}.pid`);

/**
 * Starts a program in the background, unless it runs already. Returns its pid.
 * @param follow finds the process that counts, where it is another than the one started (a child of nsenter).
 */
export async function startDaemon(
  daemon: Daemon,
  program: Program,
  follow: (pid: number) => Promise<number> = async (pid) => pid,
): Promise<number> {
  const running = pidOf(daemon);
  if (running !== undefined) return running;
  mkdirSync(daemon.stateDir, { recursive: true });
  const log = openSync(logOf(daemon), "a");
  try {
    const child = spawn(program.file, program.args, {
      cwd: daemon.stateDir,
      detached: true, // Ctrl-C goes to the whole process group: not to this one
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/", ...program.env },
      stdio: ["ignore", log, log],
    });
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
    const pid = await follow(child.pid as number);
    writeFileSync(pidFileOf(daemon), `${pid} ${startTime(pid)} ${bootId()}\n`);
    return pid;
  } finally {
    closeSync(log);
  }
}

/** The pid of a daemon that runs; undefined where it does not. */
export function pidOf(daemon: Daemon): number | undefined {
  const [pid, start, boot] = read(pidFileOf(daemon)).trim().split(" ");
  if (!pid || boot !== bootId() || start === "" || start !== startTime(Number(pid))) return undefined;
  return isRunning(Number(pid)) ? Number(pid) : undefined;
}

/** When a daemon was started, in milliseconds since 1970. */
export const startedAt = (daemon: Daemon): number => statSync(pidFileOf(daemon)).mtimeMs;

/** Sends a signal to a daemon; false where it does not run. */
export function signalDaemon(daemon: Daemon, signal: NodeJS.Signals): boolean {
  const pid = pidOf(daemon);
  if (pid === undefined) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // it ended just now
  }
}

/** Ends a daemon and waits for its end: SIGTERM, and SIGKILL after `graceMs` milliseconds. */
export async function stopDaemon(daemon: Daemon, graceMs = 10_000): Promise<void> {
  const pid = pidOf(daemon);
  if (pid !== undefined) {
    signalDaemon(daemon, "SIGTERM");
    if (!(await waitForEnd(pid, graceMs))) {
      signalDaemon(daemon, "SIGKILL");
      await waitForEnd(pid, 10_000);
    }
  }
  rmSync(pidFileOf(daemon), { force: true });
}

/** Ends a daemon with SIGKILL and waits for its end. */
export async function killDaemon(daemon: Daemon): Promise<void> {
  const pid = pidOf(daemon);
  if (pid === undefined) return;
  signalDaemon(daemon, "SIGKILL");
  await waitForEnd(pid, 10_000);
}

/** Waits until a process has ended; false where it runs on after `timeoutMs` milliseconds. */
export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  // Polled: it need not be a child of ours, so nothing tells us.
  for (const deadline = Date.now() + timeoutMs; isRunning(pid); await delay(20)) {
    if (Date.now() > deadline) return false;
  }
  return true;
}

/** The last lines of a daemon's log. */
export const logTail = (daemon: Daemon, lines = 12): string =>
  read(logOf(daemon)).trimEnd().split("\n").slice(-lines).join("\n");

/**
 * Whether a process runs; a zombie, which only waits to be reaped, does not. But a killed process is called a zombie as
 * soon as its first thread has ended, and keeps its sockets until the last has.
 */
function isRunning(pid: number): boolean {
  const state = statOf(pid)[0];
  if (state === undefined || state === "X") return false;
  return state !== "Z" || threadsOf(pid) > 1;
}

function threadsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

/** Field 22 of /proc/PID/stat: ticks since the boot; "" where there is no such process. */
const startTime = (pid: number): string => statOf(pid)[19] ?? "";
/** Another one after each start of the machine. */
export const bootId = (): string => read("/proc/sys/kernel/random/boot_id").trim();

/** The fields from the third on: the name before may hold spaces and brackets (proc_pid_stat(5)). */
function statOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
