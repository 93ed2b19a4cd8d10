import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { SluiceError } from "../errors.ts";
import { type Account, runAs } from "./account.ts";
import type { ServerBinaries } from "./binaries.ts";

/**
 * A folder whose `initdb` and `postgres` the account can really run: the one found, or a private copy of the npm
 * package at `copy`, where the account cannot reach it (below /root, say) or links to its libraries are missing.
 * Throws SL6005 where neither runs.
 */
export function runnableBinaries(found: ServerBinaries, account: Account, copy: string): string {
  const inPlace = tryOut(found.bin, account);
  if (inPlace === undefined) return found.bin;
  const native = dirname(found.bin);
  const copied = join(copy, "bin");
  // Only the npm package can be moved: other builds know their folders by absolute names.
  if (existsSync(linkList(native))) copyTree(native, copy);
  const reason = existsSync(copied) ? tryOut(copied, account) : inPlace;
  if (reason === undefined) return copied;
  throw new SluiceError("SL6005", { params: { major: found.major, bin: found.bin, reason } });
}

/**
 * Makes the links that the npm package's postinstall script makes, in a `native` folder of it: tarballs hold no links,
 * and `npm ci --ignore-scripts` runs no script. Links that exist are left alone.
 */
export function makeLinks(native: string): void {
  const links = JSON.parse(readFileSync(linkList(native), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    // Names in the list start from the package's folder; a link and its file stand side by side.
    const path = join(dirname(native), target);
    if (!isLink(path) && !existsSync(path)) symlinkSync(basename(source), path);
  }
}

function linkList(native: string): string {
  return join(native, "pg-symlinks.json");
}

function isLink(path: string): boolean {
  try {
    return readlinkSync(path) !== "";
  } catch {
    return false;
  }
}

/** Undefined where the server can be run, otherwise what was said instead. */
function tryOut(bin: string, account: Account): string | undefined {
  const { status, stderr, error } = runAs(account, join(bin, "postgres"), ["--version"]);
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim().split("\n")[0] || `exit status ${status}`);
}

/** Hard links where possible (1,000 files, 60 MB), copies elsewhere. Never changes the original. */
function copyTree(native: string, copy: string): void {
  copyFolder(native, copy);
  // The list names its links as native/...: the copy has the same name as the original.
  makeLinks(copy);
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { mode: 0o755 });
  chmodSync(to, 0o755); // whatever the umask is
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (!entry.name.endsWith(".a")) copyFile(source, target);
  }
}

function copyFile(source: string, target: string): void {
  const { mode } = statSync(source);
  const wanted = mode & 0o111 ? 0o755 : 0o644;
  if ((mode & 0o755) === wanted) {
    try {
      linkSync(source, target);
      return;
    } catch {
      // Another file system, or links are not permitted: fs.protected_hardlinks (proc_sys_fs(5)).
    }
  }
  copyFileSync(source, target);
  chmodSync(target, wanted);
}
