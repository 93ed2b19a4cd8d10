import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { SluiceError } from "../errors.ts";
import { isVirtualScript } from "../text/virtual-script.ts";

/** How one process of Sluice ended. */
export interface Ended {
  /** Exit status, or the name of the signal that ended it. */
  status: number | string;
  /** Milliseconds since 1970. */
  at: number;
  /** Its result: the document that `-o json` writes, undefined where there is none. */
  result: Record<string, unknown> | undefined;
}

export interface Child {
  name: string;
  ended: Promise<Ended>;
  running(): boolean;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
}

export interface Start {
  name: string;
  args: readonly string[];
  /** What it gets beside the plain environment; secrets only here, for arguments can be seen by everybody. */
  env: Readonly<Record<string, string>>;
  /** Gets each line of its standard error. */
  onLine(line: string): void;
}

/** This same program, for processes of its own. */
export interface Program {
  start(options: Start): Child;
  /** Ends all that still run, and waits for them. Starts none afterwards. */
  stopAll(): Promise<void>;
}

/** What a process may inherit: nothing that names a database or changes how Sluice behaves. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT"];

/** How long a process has between SIGTERM and SIGKILL, in milliseconds. */
const GRACE = 2_000;

/** @param folder where the processes run: one without configuration files. */
export function createProgram(folder: string): Program {
  const running = new Map<ChildProcess, Child>();
  let closed = false;
  // The last resort, when this process ends without stopAll: a second Ctrl-C.
  process.on("exit", () => {
    for (const child of running.keys()) child.kill("SIGKILL");
  });

  function start({ name, args, env, onLine }: Start): Child {
    if (closed) throw new SluiceError("SL6050", { params: { part: name, reason: "the demo is ending" } });
    const [file, ...first] = commandLine();
    const child = spawn(file, [...first, ...args], {
      cwd: folder,
      env: { ...inherited(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    let interrupted = false;
    createInterface({ input: child.stderr }).on("line", (line) => {
      // That it was asked to end is no news: Ctrl-C reaches all processes of a terminal, and stop() is our own doing.
      interrupted ||= /^error SL204[01]:/.test(line);
      if (!interrupted) onLine(line);
    });
    const ended = new Promise<Ended>((resolve) => {
      let at = 0;
      let status: number | string = "";
      child.once("error", (error) => {
        running.delete(child);
        resolve({ status: error.message, at: Date.now(), result: undefined });
      });
      child.once("exit", (code, signal) => {
        at = Date.now();
        status = code ?? signal ?? "";
        running.delete(child);
      });
      child.once("close", () => resolve({ status, at, result: parse(stdout) }));
    });
    const one: Child = {
      name,
      ended,
      running: () => running.has(child),
      async stop() {
        if (running.has(child)) child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), GRACE);
        await ended;
        clearTimeout(timer);
      },
    };
    if (child.pid !== undefined) running.set(child, one);
    return one;
  }

  return {
    start,
    async stopAll() {
      closed = true;
      await Promise.all([...running.values()].map((child) => child.stop()));
    },
  };
}

/** How this program is started: the executable itself, or Bun and the script that it was given. */
function commandLine(): [string, ...string[]] {
  const script = process.argv[1] ?? "";
  return isVirtualScript(script) ? [process.execPath] : [process.execPath, script];
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
