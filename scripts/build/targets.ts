import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What an executable can be built for. x64 runs without AVX2: Bun's x64 and x64-baseline are the same file in 1.4. */
export const targets = [
  "linux-x64",
  "linux-x64-musl",
  "linux-arm64",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
] as const;
export type Target = (typeof targets)[number];

/** Where parts of a build are kept, below XDG_CACHE_HOME or ~/.cache. */
export function buildCache(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sluice", "build");
}

/** The target that the running Bun itself is; undefined where it is none of the list. */
export function hostTarget(): Target | undefined {
  const musl = process.platform === "linux" && existsSync(`/lib/ld-musl-${muslArch()}.so.1`);
  const glibc = existsSync("/lib64/ld-linux-x86-64.so.2") || existsSync("/lib/ld-linux-aarch64.so.1");
  const name = `${process.platform}-${process.arch}${musl && !glibc ? "-musl" : ""}`;
  return targets.find((one) => one === name);
}

/**
 * Bun's own executable for another target, in the version that runs: from the npm registry, through npm, once.
 * @returns its path.
 */
export function bunFor(target: Target): string {
  const name = `@oven/bun-${target.replace("arm64", "aarch64")}`;
  const folder = join(buildCache(), `bun-${target}-${Bun.version}`);
  const path = join(folder, "bin", "bun");
  if (existsSync(path)) return path;
  mkdirSync(buildCache(), { recursive: true });
  // Beside the target, so that the rename stays on one file system and is all or nothing.
  const temporary = mkdtempSync(join(buildCache(), ".fetch-"));
  try {
    execute("npm", ["pack", `${name}@${Bun.version}`, "--pack-destination", temporary, "--silent"]);
    const archive = readdirSync(temporary).find((one) => one.endsWith(".tgz"));
    if (archive === undefined) throw new Error(`npm pack left no archive of ${name}@${Bun.version}`);
    execute("tar", ["-xzf", join(temporary, archive), "-C", temporary]);
    moveInto(join(temporary, "package"), folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return path;
}

/** Two runs at once both fetch; the second to finish finds the folder there, and that is as good as its own. */
export function moveInto(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/** Runs a program to its end. @throws with its name and exit status. Returns its standard output. */
export function execute(command: string, args: readonly string[], cwd?: string): string {
  const { status, error, stdout } = spawnSync(command, args, {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `exit status ${status}`}`);
  return stdout;
}

function muslArch(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}
