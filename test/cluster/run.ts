import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Runs a short command to its end and returns its standard output; throws with what it wrote when it fails. */
export function run(file: string, args: readonly string[], input?: string): string {
  const { status, signal, stdout, stderr, error } = spawnSync(file, args, {
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 64 << 20,
    ...(input === undefined ? {} : { input }),
  });
  if (error === undefined && status === 0) return stdout;
  throw new Error(`${file} ${args.join(" ")}: ${error?.message ?? status ?? signal}\n${stdout}${stderr}`);
}

/** The same where a failure is no matter: what is to be removed may be gone. */
export function tryRun(file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: "ignore", timeout: 120_000 }).status === 0;
}

/** Whether there is such a file; a name without a folder is looked for as a command. */
export function onPath(file: string): boolean {
  if (file.startsWith("/")) return existsSync(file);
  // Not every account has these two in its PATH.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, file)));
}
