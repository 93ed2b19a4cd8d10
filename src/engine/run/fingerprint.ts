import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { SluiceError } from "../../errors.ts";

/** Hexadecimal digits of the fingerprint that make the ID. */
const ID_LENGTH = 20;

/**
 * The identity of a command with the files that decide what it does: SHA-256 over the words of the command and over
 * content and relative name of each file. Where a folder is mounted, dates and rights do not count. Names that begin
 * with `..` are Kubernetes' own in a mounted ConfigMap, and are passed over.
 * @param paths files and folders; at least one.
 * @returns the ID, and the whole hash in hexadecimal.
 * @throws SluiceError SL4205 (exit 2) for a path that cannot be read or holds no file: an empty mount would make every
 * release look the same.
 */
export async function fingerprint(
  command: readonly string[],
  paths: readonly string[],
): Promise<{ id: string; checksum: string }> {
  const hash = createHash("sha256");
  field(hash, JSON.stringify(command));
  for (const path of paths) {
    try {
      const files = await filesBelow(path);
      if (files.length === 0) throw unusable(path, "there is no file in it");
      field(hash, String(files.length));
      for (const { name, file } of files) {
        field(hash, name);
        field(hash, await hashOf(file));
      }
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      throw unusable(path, (error as NodeJS.ErrnoException).code ?? String(error), error);
    }
  }
  const checksum = hash.digest("hex");
  return { id: checksum.slice(0, ID_LENGTH), checksum };
}

/** Each with its length, so that no two lists of fields make the same bytes. */
function field(hash: Hash, text: string): void {
  hash.update(`${Buffer.byteLength(text)}:${text};`);
}

interface File {
  /** Below the path that was named, with slashes; of a file that was named itself its base name. */
  name: string;
  file: string;
}

async function filesBelow(path: string): Promise<File[]> {
  const named = await stat(path);
  if (named.isFile()) return [{ name: basename(path), file: path }];
  if (!named.isDirectory()) throw unusable(path, "neither a file nor a folder");
  const files: File[] = [];
  await walk(path, "", new Set(), files);
  // By code unit: the order of a locale is not the same everywhere.
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function walk(
  folder: string,
  prefix: string,
  above: ReadonlySet<string>,
  files: File[],
): Promise<void> {
  const real = await realpath(folder);
  if (above.has(real)) throw unusable(folder, "a link leads back to a folder that it lies in");
  for (const name of await readdir(folder)) {
    if (name.startsWith("..")) continue;
    const file = join(folder, name);
    const found = await stat(file);
    if (found.isDirectory()) await walk(file, `${prefix}${name}/`, new Set([...above, real]), files);
    else if (found.isFile()) files.push({ name: prefix + name, file });
    else throw unusable(file, "neither a file nor a folder");
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

function unusable(path: string, reason: string, cause?: unknown): SluiceError {
  return new SluiceError("SL4205", { params: { path, reason }, cause });
}
