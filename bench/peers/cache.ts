import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where fetched and built peers stay between runs (XDG base directories: a relative path counts as unset). */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME ?? "";
  return join(isAbsolute(base) ? base : join(homedir(), ".cache"), "sluice", "bench");
}

/**
 * The folder of that name in the cache; `fill` makes its content the first time. It is renamed into place when complete,
 * so an interrupted or a second run at the same time never leaves half a tool behind.
 */
export function cached(name: string, fill: (folder: string) => void): string {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const unfinished = mkdtempSync(join(cacheFolder(), `.${name}-`));
  try {
    fill(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Installs one npm package, without its scripts, below a folder of the cache that is named after it. */
export function npmPackage(name: string, version: string): string {
  return cached(`${name}-v${version}`, (folder) => {
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    run("npm", ["install", "--prefix", folder, ...options, `${name}@${version}`]);
  });
}

export interface GoProgram {
  name: string;
  /** Path of the package with the `main` function. */
  package: string;
  version: string;
  /** Build tags, separated by commas. */
  tags: string;
}

/** Builds one Go program into a folder of the cache that is named after it. Needs the Go toolchain. */
export function goProgram(program: GoProgram): string {
  return cached(`${program.name}-v${program.version}`, (folder) => {
    // `go install` of a package with a version works outside any module and takes the program's own go.mod.
    const options = ["-p", "1", "-trimpath", "-tags", program.tags];
    run("go", ["install", ...options, `${program.package}@v${program.version}`], {
      GOBIN: folder,
      CGO_ENABLED: "0",
    });
  });
}

function run(file: string, args: string[], env: Record<string, string> = {}): void {
  // What these print is progress: it belongs to standard error, the result to standard output.
  execFileSync(file, args, { cwd: cacheFolder(), env: { ...process.env, ...env }, stdio: ["ignore", 2, 2] });
}
