import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanUpAfter } from "./cleanup.ts";
import { executable, repository } from "./executable.ts";
import { tempDir } from "./temp.ts";

export interface RunOptions {
  /** The variables it gets beside PATH, HOME, LANG and TMPDIR; it inherits no others. */
  env?: Record<string, string>;
  /** Default: an empty folder, so that no file of ours is found by accident. */
  cwd?: string;
  /** What it reads from standard input; default: nothing, at its end at once. */
  input?: string;
  /** Default true: the compiled executable, as users run it; it starts in half the time. False: the sources. */
  executable?: boolean;
}

export interface Finished {
  /** Null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** From start to end, milliseconds. */
  ms: number;
}

export interface Running {
  pid: number;
  /** What it has written so far; `output` is both in the order of arrival. */
  readonly stdout: string;
  readonly stderr: string;
  readonly output: string;
  /** Resolves when the output so far matches; rejects when it ends or `timeoutMs` (30 s) pass without. */
  waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  kill(signal?: NodeJS.Signals): void;
  /** Its end. Never rejects. */
  done: Promise<Finished>;
}

/** Runs Sluice to its end. Takes its arguments. */
export async function runSluice(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return (await startSluice(args, options)).done;
}

/** Starts Sluice. It is ended with SIGKILL where it still runs when the test is over. */
export async function startSluice(args: readonly string[], options: RunOptions = {}): Promise<Running> {
  const [program, ...first] =
    options.executable === false ? [process.execPath, join(repository, "src", "main.ts")] : [executable()];
  return startProgram(program as string, [...first, ...args], options);
}

/** Starts any program in the same clean surroundings. Rejects where it cannot be started. */
export async function startProgram(
  program: string,
  args: readonly string[],
  options: Omit<RunOptions, "executable"> = {},
): Promise<Running> {
  const begin = performance.now();
  const child = spawn(program, args, {
    cwd: options.cwd ?? tempDir(),
    env: { ...cleanEnvironment(), ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "", output: "" };
  const watchers = new Set<() => void>();
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      written[stream] += text;
      written.output += text;
      for (const look of watchers) look();
    });
  }
  child.stdin?.on("error", () => {}); // it ended without having read everything
  child.stdin?.end(options.input);
  const done = new Promise<Finished>((resolve) => {
    child.once("exit", (code, signal) => {
      const ms = performance.now() - begin;
      const finish = () => resolve({ code, signal, stdout: written.stdout, stderr: written.stderr, ms });
      child.once("close", finish);
      // A grandchild that outlives it may hold the pipes open: not for longer than this.
      setTimeout(() => afterReading(finish), 2_000).unref();
    });
  });
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  cleanUpAfter(async () => {
    child.kill("SIGKILL");
    await done;
  });
  return {
    pid: child.pid as number,
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    get output() {
      return written.output;
    },
    waitForOutput: (pattern, timeoutMs = 30_000) =>
      waitFor(
        () => pattern.exec(written.output),
        watchers,
        done,
        timeoutMs,
        () => {
          return `no output that matches ${pattern}; so far:\n${written.output}`;
        },
      ),
    kill: (signal = "SIGTERM") => void child.kill(signal),
    done,
  };
}

/** What a child may inherit: nothing that names a database or changes how Sluice behaves. */
function cleanEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { TMPDIR: tmpdir() };
  for (const name of ["PATH", "HOME", "LANG"]) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** Once what is in the pipes is read: where this process was busy, a timer is due before anything was. */
function afterReading(act: () => void): void {
  setImmediate(() => setImmediate(act));
}

function waitFor<T>(
  look: () => T | null,
  watchers: Set<() => void>,
  done: Promise<Finished>,
  timeoutMs: number,
  complaint: () => string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (why: string | undefined) => {
      const found = look();
      if (found === null && why === undefined) return;
      watchers.delete(onOutput);
      clearTimeout(timer);
      if (found !== null) resolve(found);
      else reject(new Error(`${why}: ${complaint()}`));
    };
    const onOutput = () => settle(undefined);
    const timer = setTimeout(() => afterReading(() => settle(`after ${timeoutMs} ms`)), timeoutMs);
    watchers.add(onOutput);
    void done.then(({ code, signal }) => settle(`ended with ${signal ?? code}`));
    onOutput();
  });
}
