import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { constants } from "node:os";
import { SluiceError } from "../../errors.ts";
import { signalGroup, untilGroupEnds } from "./group.ts";
import { lineBuffer } from "./lines.ts";
import { MARK, startWatcher, type Watcher } from "./watcher.ts";

export type StreamName = "stdout" | "stderr";

export interface CommandOptions {
  command: readonly [string, ...string[]];
  env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds between the signal that asks the command to end and SIGKILL. */
  grace: number;
  /** Its abort asks the command to end: with SIGINT where the reason has the exit status 130, else with SIGTERM. */
  signal: AbortSignal;
  /** Its abort ends the command at once. */
  lost: AbortSignal;
  /** Gets the output, whole lines where it can. */
  output(stream: StreamName, bytes: Uint8Array): void;
  /** The command has ended, but processes of its group still ran; they were ended. */
  onLeftover(): void;
}

export interface CommandEnd {
  /** Exit status; of a command that a signal ended 128 and its number, as in a shell. */
  status: number;
  signal: NodeJS.Signals | undefined;
  /** Milliseconds. */
  duration: number;
}

/** Passed on as they are; they do not end us. SIGQUIT makes a JVM print its threads. */
const FORWARDED: readonly NodeJS.Signals[] = ["SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/** For what a command leaves running, after SIGTERM; and for output that somebody else still holds open. Milliseconds. */
const LEFTOVER = 2000;
const OPEN_OUTPUT = 1000;

/**
 * Runs a command to its end, in a process group (and session) of its own: a signal then reaches all of it, and nothing
 * but what we pass on. Its standard input is /dev/null: a question would have nobody who answers it, and from a
 * terminal a background group would stop on it for ever. When this resolves, nothing of its group runs any more.
 * @throws SluiceError SL4202 (exit 2) where it cannot be started.
 */
export async function runCommand(options: CommandOptions): Promise<CommandEnd> {
  const mark = randomBytes(12).toString("hex");
  const watcher = await startWatcher(mark);
  try {
    const began = performance.now();
    const child = await start(options, mark);
    const group = child.pid as number;
    watcher.watch(group);
    const flush = passOn(child, options.output);
    const closed = once(child, "close");
    const { code, signal } = await untilExit(child, group, watcher, options);
    await endLeftover(group, options);
    await Promise.race([closed, delay(OPEN_OUTPUT)]);
    flush();
    child.stdout?.destroy();
    child.stderr?.destroy();
    const status = code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
    return { status, signal: signal ?? undefined, duration: Math.round(performance.now() - began) };
  } finally {
    await (options.lost.aborted ? watcher.kill() : watcher.dispose());
  }
}

async function start({ command, env }: CommandOptions, mark: string): Promise<ChildProcess> {
  const [program, ...args] = command;
  try {
    const child = spawn(program, args, {
      detached: true,
      env: { ...env, [MARK]: mark },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await once(child, "spawn");
    return child;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SluiceError("SL4202", {
      params: { program, reason: code === undefined ? message : (REASONS[code] ?? code) },
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file (ENOENT)",
  EACCES: "it may not be executed (EACCES)",
  ENOTDIR: "a part of its path is no folder (ENOTDIR)",
  ENOEXEC: "it is no program for this machine, or a script without a #! line (ENOEXEC)",
  E2BIG: "arguments and environment are too long (E2BIG)",
};

/** Passes the output on as it comes. @returns what passes on the rest. */
function passOn(child: ChildProcess, output: CommandOptions["output"]): () => void {
  const buffers = (["stdout", "stderr"] as const).map((name) => {
    const buffer = lineBuffer((bytes) => output(name, bytes));
    child[name]?.on("data", (chunk: Uint8Array) => buffer.push(chunk));
    child[name]?.on("error", () => {});
    return buffer;
  });
  return () => {
    for (const buffer of buffers) buffer.flush();
  };
}

/** Waits for the end of the command itself, and does meanwhile what the signals ask for. */
async function untilExit(
  child: ChildProcess,
  group: number,
  watcher: Watcher,
  { signal, lost, grace }: CommandOptions,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const kill = () => {
    signalGroup(group, "SIGKILL");
    if (lost.aborted) void watcher.kill(); // also what has left the group
  };
  const ask = () => {
    const interrupted = signal.reason instanceof SluiceError && signal.reason.exit === 130;
    signalGroup(group, interrupted ? "SIGINT" : "SIGTERM");
    timer = setTimeout(kill, grace);
  };
  const pass = (name: NodeJS.Signals) => void signalGroup(group, name);
  for (const name of FORWARDED) process.on(name, pass);
  try {
    const exit = once(child, "exit");
    signal.addEventListener("abort", ask);
    lost.addEventListener("abort", kill);
    if (signal.aborted) ask();
    if (lost.aborted) kill();
    const [code, name] = await exit;
    return { code, signal: name };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", ask);
    lost.removeEventListener("abort", kill);
    for (const name of FORWARDED) process.off(name, pass);
  }
}

/** The lock must not go to the next runner while something of the command is still at work. */
async function endLeftover(
  group: number,
  { signal, lost, grace, onLeftover }: CommandOptions,
): Promise<void> {
  if (await untilGroupEnds(group, 0)) return;
  if (!lost.aborted) {
    // Asked to end, they have the rest of their time; a shell dies of the signal before its children are done.
    if (!signal.aborted) onLeftover();
    signalGroup(group, "SIGTERM");
    if (await untilGroupEnds(group, signal.aborted ? grace : LEFTOVER)) return;
  }
  signalGroup(group, "SIGKILL");
  await untilGroupEnds(group, LEFTOVER);
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
