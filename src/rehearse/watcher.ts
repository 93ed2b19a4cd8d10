import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";

/**
 * Ends what the last line of its standard input names, then removes the folder. As a child with a pipe from us it
 * does so when the pipe closes, however we end: also by SIGKILL, when no handler of ours can run.
 *
 * - A pid counts only while its command line names the folder: pids are used again, and a zombie has no command line.
 * - SIGQUIT is the server's immediate shutdown; after 5 s the postmaster itself kills children that do not obey.
 * - A postmaster that was killed leaves its System V segment behind, named in line 7 of postmaster.pid.
 * - A process that is just ending may still write: hence several rounds of rm.
 */
const script = `
trap '' HUP INT TERM
pid=
while read -r line; do pid=$line; done
command_of() {
  if [ -d /proc/self ]; then tr '\\0' ' ' <"/proc/$1/cmdline"; else ps -o args= -p "$1"; fi 2>/dev/null
}
running() {
  [ -n "$pid" ] || return 1
  case "$(command_of "$pid")" in *"$SLUICE_FOLDER"*) return 0 ;; esac
  return 1
}
if running; then
  kill -QUIT "$pid"; kill -CONT "$pid"
  tries=0
  while running && [ $tries -lt 160 ]; do sleep 0.05; tries=$((tries + 1)); done
  if running; then
    children=$(cat "/proc/$pid/task/$pid/children" || pgrep -P "$pid")
    kill -KILL "$pid" $children
  fi
fi 2>/dev/null
segment=$(sed -n '7s/.* //p' "$SLUICE_FOLDER/data/postmaster.pid" 2>/dev/null)
[ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null
for round in 1 2 3 4 5; do
  rm -rf "$SLUICE_FOLDER" 2>/dev/null
  [ -e "$SLUICE_FOLDER" ] || exit 0
  sleep 0.1
done
exit 1
`;

/** Removes a private folder and ends the process in it, at the latest when this program ends. */
export interface Watcher {
  folder: string;
  /** Says which process to end: initdb, later the postmaster. It must have the folder in its command line. */
  watch(pid: number): void;
  /** Ends the process, removes the folder, and waits for both. */
  dispose(): Promise<void>;
}

// Also keeps the pipes from being collected as garbage, which would close them.
const live = new Map<Watcher, { child: ChildProcess; pid: number | undefined }>();
let hooked = false;

/** Starts to watch over a folder. Takes its path, which must be unique to this run. */
export function startWatcher(folder: string): Watcher {
  if (!hooked) process.on("exit", disposeAllNow);
  hooked = true;
  const child = spawn("/bin/sh", ["-c", script], {
    detached: true, // Ctrl-C goes to the whole process group: not to this one
    cwd: "/",
    env: watcherEnvironment(folder),
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  child.stdin.on("error", () => {}); // it was killed: dispose() does without it
  const ended = once(child, "exit");
  const state: { child: ChildProcess; pid: number | undefined } = { child, pid: undefined };
  const watcher: Watcher = {
    folder,
    watch(pid) {
      state.pid = pid;
      child.stdin.write(`${pid}\n`);
    },
    async dispose() {
      child.ref();
      child.stdin.end();
      await ended;
      if (existsSync(folder)) disposeNow(folder, state.pid);
      live.delete(watcher);
    },
  };
  live.set(watcher, state);
  return watcher;
}

/** The last resort, when the program ends without having stopped its servers; nothing asynchronous runs by then. */
function disposeAllNow(): void {
  for (const [{ folder }, { pid }] of live) if (existsSync(folder)) disposeNow(folder, pid);
}

function disposeNow(folder: string, pid: number | undefined): void {
  spawnSync("/bin/sh", ["-c", script], {
    input: `${pid ?? ""}\n`,
    cwd: "/",
    env: watcherEnvironment(folder),
  });
  rmSync(folder, { recursive: true, force: true });
}

/** In the environment, not in the arguments: the watcher's own command line must not name the folder. */
function watcherEnvironment(folder: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", SLUICE_FOLDER: folder };
}
