import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Does something while no other process does it. Takes the path of a lock file, which is left behind. The kernel
 * releases the lock when this process ends, however it ends: flock(1) holds it for as long as our pipe is open.
 */
export async function withLock<T>(file: string, task: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn("flock", [file, "sh", "-c", "echo locked; read -r end"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "exit");
  await Promise.race([
    once(holder.stdout, "data"),
    ended.then(([code]) => Promise.reject(new Error(`flock ${file} ended with status ${code}`))),
  ]);
  try {
    return await task();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
