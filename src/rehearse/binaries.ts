import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SluiceError } from "../errors.ts";
import { cachedBinaries, listFolder, npmBinaries, packageName, type ServerBinaries } from "./npm-binaries.ts";

export type { ServerBinaries } from "./npm-binaries.ts";

export interface FindOptions {
  /** The major version wanted; without it the first one found, newest first within one place. */
  major?: number;
  /** Folders above which `node_modules` is searched; default: the current one and the program's own. */
  near?: readonly string[];
  /** A cache folder of scripts/fetch-postgres.ts, for tests; default: SLUICE_TEST_POSTGRES_CACHE. */
  cache?: string;
}

/**
 * Finds a PostgreSQL server that is already on this machine: npm packages beside the program, the tests' cache,
 * PATH, the distribution's folders. Throws SL6001 where there is none (of the major wanted).
 */
export function findServer(options: FindOptions = {}): ServerBinaries {
  const { major } = options;
  const seen = new Set<number>();
  for (const place of places(options)) {
    for (const found of place()) {
      if (major === undefined || found.major === major) return found;
      seen.add(found.major);
    }
  }
  throw new SluiceError("SL6001", {
    params: {
      wanted: major === undefined ? "PostgreSQL" : `PostgreSQL ${major}`,
      package: major === undefined ? packageName : `${packageName}@${major}`,
    },
    notes: seen.size > 0 ? [`found instead: ${[...seen].sort((a, b) => b - a).join(", ")}`] : [],
  });
}

/** Lazy, so that the later places, which cost a process each, are only looked at when needed. */
function places(options: FindOptions): (() => ServerBinaries[])[] {
  const cache = options.cache ?? process.env.SLUICE_TEST_POSTGRES_CACHE;
  return [
    () => npmBinaries(options.near ?? ownFolders()),
    () => (cache ? cachedBinaries(cache) : []),
    () => pathFolders().flatMap((folder) => installed(folder, "PATH")),
    () => distributionFolders().flatMap((folder) => installed(folder, "the distribution")),
  ];
}

/** The current folder, and those of the executable, the script and this module (virtual ones when compiled). */
function ownFolders(): string[] {
  const script = process.argv[1];
  const files = [process.execPath, real(process.execPath), fileURLToPath(import.meta.url)];
  if (script && isAbsolute(script)) files.push(script, real(script));
  return [process.cwd(), ...files.map(dirname)];
}

function pathFolders(): string[] {
  return (process.env.PATH ?? "").split(delimiter).filter(isAbsolute);
}

function distributionFolders(): string[] {
  const below = (folder: string, names: RegExp, rest: string) =>
    listFolder(folder)
      .filter((name) => names.test(name))
      .sort((a, b) => Number.parseInt(b.replace(/^\D*/, ""), 10) - Number.parseInt(a.replace(/^\D*/, ""), 10))
      .map((name) => join(folder, name, rest));
  return [
    ...below("/usr/lib/postgresql", /^\d+$/, "bin"), // Debian, Ubuntu
    ...below("/usr", /^pgsql-\d+$/, "bin"), // PGDG's RPMs
    ...below("/usr/libexec", /^postgresql\d+$/, ""), // Alpine
    ...below("/opt/homebrew/opt", /^postgresql@\d+$/, "bin"),
    ...below("/usr/local/opt", /^postgresql@\d+$/, "bin"),
  ];
}

function installed(folder: string, origin: string): ServerBinaries[] {
  const initdb = join(folder, "initdb");
  if (!existsSync(initdb) || !existsSync(join(folder, "postgres"))) return [];
  // The folder of PATH may hold links; the server finds its own files from the real place.
  const bin = dirname(real(initdb));
  const major = majorOf(join(bin, "postgres"));
  return major === undefined ? [] : [{ bin, major, origin: `${origin} (${folder})` }];
}

/** What `postgres --version` says: "postgres (PostgreSQL) 15.18 (Debian ...)". Works as root, too. */
function majorOf(postgres: string): number | undefined {
  const { stdout } = spawnSync(postgres, ["--version"], { encoding: "utf8", timeout: 10_000 });
  const version = /\(PostgreSQL\) (\d+)/.exec(stdout ?? "");
  return version ? Number(version[1]) : undefined;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
