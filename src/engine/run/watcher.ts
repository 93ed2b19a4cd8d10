import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Variable that marks the command and everything that it starts, also what leaves its process group (a daemon). */
export const MARK = "SLUICE_RUN_MARK";

/**
 * Ends the command when this program is gone, however it ends: the pipe to the watcher closes also on SIGKILL, when no
 * handler of ours can run. It is our own executable once more, because an image need not have a shell (distroless):
 * with `-e` Node and Bun run a text, and BUN_BE_BUN makes a compiled executable Bun itself
 * (bun.com/docs/bundler/executables, "Act as the Bun CLI").
 *
 * Lines in: `group PGID`, `done`; the end of the input without `done` means SIGKILL for the group and for every process
 * whose environment holds the mark (proc_pid_environ(5); elsewhere only the group). SIGKILL at once: the lock went with
 * this program, so the next runner may start the command any moment. In rounds, because who is being ended may still
 * fork. A zombie has an empty environment. Nobody may be left to read `ready`.
 */
const script = `
const fs = require("node:fs");
let input = "";
const { WATCHED_MARK: mark, WATCHED_GROUP: known } = process.env;
const kill = (pid) => { try { process.kill(pid, "SIGKILL"); return true; } catch { return false; } };
const marked = () => {
  let pids = [];
  try { pids = fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name) && name !== String(process.pid)); } catch {}
  return pids.filter((pid) => {
    try { return ("\\0" + fs.readFileSync("/proc/" + pid + "/environ", "latin1")).includes("\\0" + mark + "\\0"); }
    catch { return false; }
  });
};
let ending = false;
const end = async () => {
  if (ending) return;
  ending = true;
  if (/^done$/m.test(input)) return;
  const group = Number(/^group (\\d+)$/m.exec(input)?.[1] ?? known ?? 0);
  for (let quiet = 0, round = 0; quiet < 2 && round < 100; round++) {
    if (group > 1) kill(-group);
    const left = marked();
    left.forEach((pid) => kill(Number(pid)));
    quiet = left.length === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
for (const name of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(name, () => {});
process.stdin.on("data", (text) => { input += text; });
for (const name of ["end", "close", "error"]) process.stdin.on(name, end);
try { fs.writeSync(1, "ready\\n"); } catch {}
`;

export interface Watcher {
  /** Says which process group the command has. */
  watch(group: number): void;
  /** Ends the command and all that it started, with SIGKILL, and waits for that. */
  kill(): Promise<void>;
  /** The command has ended by itself: the watcher goes. */
  dispose(): Promise<void>;
}

/**
 * Starts a watcher, and another one where it dies before its time. Resolves once it watches.
 * @param mark value of the variable MARK in the command's environment; unique to this command.
 */
export async function startWatcher(mark: string): Promise<Watcher> {
  let group: number | undefined;
  let over = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  let current = await launch().catch(launch);

  async function launch(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ["-e", script], {
      detached: true, // a signal for our process group must not reach it
      cwd: "/",
      // Without the mark, which would make it one of those that it ends.
      env: {
        BUN_BE_BUN: "1",
        PATH: process.env["PATH"] ?? "",
        WATCHED_MARK: `${MARK}=${mark}`,
        ...(group !== undefined && { WATCHED_GROUP: String(group) }),
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    child.stdin?.on("error", () => {}); // it died: another one follows
    await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, "data"),
      once(child, "exit").then(() => Promise.reject(new Error("the watcher ended before it watched"))),
    ]);
    child.once("exit", () => {
      // Not at once, lest a machine without memory is kept busy with it.
      if (!over) again = setTimeout(() => void relaunch(), 500);
    });
    return child;
  }

  async function relaunch(): Promise<void> {
    current = await launch().catch(() => current);
    if (over) current.stdin?.end();
  }

  async function end(last: string): Promise<void> {
    if (over) return;
    over = true;
    clearTimeout(again);
    const { exitCode, signalCode } = current;
    if (exitCode !== null || signalCode !== null) return;
    const gone = once(current, "exit");
    current.stdin?.end(last);
    await gone;
  }

  return {
    watch(pgid) {
      group = pgid;
      current.stdin?.write(`group ${pgid}\n`);
    },
    kill: () => end(""),
    dispose: () => end("done\n"),
  };
}
