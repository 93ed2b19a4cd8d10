import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Ends the daemons of a state folder and removes it, when its standard input ends: as a child with a pipe from us it
 * does so however we end, also by SIGKILL, when no handler of ours can run. The API server goes first, as everywhere.
 * A pid counts only with the start time that its file has: field 22 of /proc/PID/stat, the 20th behind the name.
 */
const script = `
trap '' HUP INT TERM
while read -r line; do :; done
for name in controller-manager apiserver etcd; do
  read -r pid start boot <"$0/$name.pid" || continue
  set -- $(sed 's/.*) //' "/proc/$pid/stat")
  [ "\${20}" = "$start" ] && kill -KILL "$pid"
done 2>/dev/null
for round in 1 2 3 4 5; do
  rm -rf "$0" && [ ! -e "$0" ] && exit 0
  sleep 0.1
done 2>/dev/null
`;

/** Ties a state folder to this process. Returns how to end its daemons and remove it now. */
export function tether(stateDir: string): () => Promise<void> {
  const child = spawn("/bin/sh", ["-c", script, stateDir], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  const ended = once(child, "exit");
  return async () => {
    child.ref();
    child.stdin.end();
    await ended;
  };
}
