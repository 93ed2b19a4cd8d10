import { hash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { decode } from "./decode.ts";
import { foreignFileName } from "./foreign.ts";
import type { Migration, Statement, Warning } from "./migration.ts";
import { readParts } from "./parts.ts";
import { splitStatements } from "./split.ts";
import { canonicalVersion, compareVersions } from "./version.ts";

/**
 * Reads the migrations of several directories as one list, ordered by version. Nothing is split here: the
 * no-op path of `migrate` and every gate read the whole directory. Files are read synchronously, which is not
 * slower than promises (measured: 1,000 files of 500 bytes in 2 ms, with promises 2 to 4), in slices between which
 * a connection that is being made gets its turn.
 *
 * Passed over: names that begin with a dot (a mounted ConfigMap has `..data`), files that do not end in
 * `.sql`, sub-directories. An empty directory gives an empty list; whether that is an error is the caller's
 * to say. A directory that is named twice is read once.
 * Errors (exit 2): SL1005 to SL1016 and SL1020 to SL1028.
 */
export async function readMigrations(
  dirs: readonly string[],
): Promise<{ migrations: Migration[]; warnings: Warning[] }> {
  const migrations: Migration[] = [];
  const warnings: Warning[] = [];
  const byVersion = new Map<string, string>();
  for (const dir of withoutRepeats(dirs)) {
    for (const { file, version, title } of list(dir)) {
      if (migrations.length % SLICE === SLICE - 1) await new Promise((resolve) => setImmediate(resolve));
      const other = byVersion.get(version);
      if (other !== undefined)
        throw new SluiceError("SL1024", { params: { version, other }, place: { file }, migration: version });
      byVersion.set(version, file);
      const { migration, empty } = readMigration(file, version, title);
      migrations.push(migration);
      if (empty) warnings.push({ text: "the up part holds no statement", file });
    }
  }
  migrations.sort((a, b) => compareVersions(a.version, b.version));
  return { migrations, warnings };
}

/** Files that are read at a stretch: about a millisecond. */
const SLICE = 100;

/** The statements of the up part. Errors: as `splitPieces`. */
export function statementsOf(migration: Migration): Statement[] {
  return splitStatements(migration.up, migration.upLine, migration.file);
}

/** The statements of the down part, none where there is no down part. Errors: as `splitPieces`. */
export function downStatementsOf(migration: Migration): Statement[] {
  return splitStatements(migration.down ?? "", migration.downLine ?? 1, migration.file);
}

interface Entry {
  file: string;
  version: string;
  title: string;
}

function withoutRepeats(dirs: readonly string[]): readonly string[] {
  // One directory repeats nothing, and whether it is one is found out when it is read.
  if (dirs.length === 1) return dirs;
  const seen = new Set<string>();
  return dirs.filter((dir) => {
    const real = realDirectory(dir);
    return seen.has(real) ? false : seen.add(real);
  });
}

function realDirectory(dir: string): string {
  try {
    const real = realpathSync(dir);
    if (statSync(real).isDirectory()) return real;
  } catch (cause) {
    throw directoryError(dir, cause);
  }
  throw new SluiceError("SL1021", { place: { file: dir } });
}

function directoryError(dir: string, cause: unknown): SluiceError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOTDIR") return new SluiceError("SL1021", { place: { file: dir }, cause });
  return new SluiceError("SL1020", { params: { dir, reason: reasonOf(cause) }, cause });
}

/**
 * The migration files of a directory, by name, so that of two broken files always the same one is reported.
 */
function list(dir: string): Entry[] {
  let dirents: Dirent[];
  try {
    dirents = readdirSync(dir, { withFileTypes: true });
  } catch (cause) {
    throw directoryError(dir, cause);
  }
  const special = new Set(dirents.filter((dirent) => !dirent.isFile()).map(({ name }) => name));
  const names = dirents.map(({ name }) => name).sort();
  const entries: Entry[] = [];
  // `join` cleans the whole path up, each time.
  const prefix = join(dir, "_").slice(0, -1);
  for (const name of names) {
    const parts = /^(\d+)_(.+)\.sql$/s.exec(name);
    if (parts === null && (name.startsWith(".") || !/\.sql$/i.test(name))) continue;
    const file = prefix + name;
    if (special.has(name)) requireFile(file);
    // What is ours in form is golang-migrate's where an inner ".up" or ".down" says so.
    const tool = parts === null || parts[2]!.includes(".") ? foreignFileName(name) : undefined;
    if (tool !== undefined) throw new SluiceError("SL1006", { params: { tool, name }, place: { file } });
    if (parts === null) throw new SluiceError("SL1023", { params: { name }, place: { file } });
    entries.push({ file, version: canonicalVersion(parts[1]!), title: parts[2]! });
  }
  return entries;
}

/**
 * A directory called x.sql is no sub-directory but a mistake: container runtimes make one where the file that
 * should be mounted is missing. A pipe would block for ever. Links are followed: entries of a mounted
 * ConfigMap are links.
 */
function requireFile(file: string): void {
  let stats: { isFile(): boolean };
  try {
    stats = statSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  if (!stats.isFile()) throw new SluiceError("SL1025", { place: { file } });
}

function readMigration(
  file: string,
  version: string,
  name: string,
): { migration: Migration; empty: boolean } {
  const { up, down, downLine, directives, empty } = readParts(readText(file), file);
  if (directives.requires.includes(version))
    throw new SluiceError("SL1011", {
      params: { key: "requires", value: version, form: "requires=VERSION of another migration" },
      place: { file },
    });
  const checksum = hash("sha256", up);
  const migration: Migration = { version, name, file, checksum, up, upLine: 1, down, directives };
  if (downLine !== undefined) migration.downLine = downLine;
  return { migration, empty };
}

/** What `decode` has work with: NUL, carriage returns, a BOM, and U+FFFD, which stands for what is not UTF-8. */
const unusual = /[\0\r\uFEFF\uFFFD]/;

function readText(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (!unusual.test(text)) return text;
    return decode(readFileSync(file), file);
  } catch (cause) {
    throw cause instanceof SluiceError ? cause : unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): SluiceError {
  return new SluiceError("SL1022", { params: { reason: reasonOf(cause) }, place: { file }, cause });
}

const reasons: Record<string, string> = {
  ENOENT: "it does not exist",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "its links lead in a circle",
};

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? message;
}
