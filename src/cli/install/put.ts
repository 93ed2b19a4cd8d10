import { constants } from "node:fs";
import { copyFile, type FileHandle, open, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Changes } from "./elf.ts";

const CHUNK = 1 << 20;

/**
 * Copies a file, with changes: under a name of its own first, so that whoever opens `to` finds all of it or none.
 * @returns false where the same was there already: a container that is started again need not write 100 MB.
 */
export async function put(from: string, to: string, changes?: Changes): Promise<boolean> {
  if (await isThere(from, to, changes)) return false;
  // Both processes of two containers may be number 1; a run that was killed left a file of this very name.
  const unfinished = join(dirname(to), `.${basename(to)}-${hostname()}-${process.pid}`);
  try {
    await rm(unfinished, { force: true });
    // By the kernel: in a container, memory for all of it would count.
    await copyFile(from, unfinished, constants.COPYFILE_EXCL);
    const copy = await open(unfinished, "r+");
    try {
      if (changes) await copy.truncate(changes.size);
      for (const { at, bytes } of changes?.edits ?? []) await copy.write(bytes, 0, bytes.length, at);
      await copy.chmod(0o755);
      await copy.sync();
    } finally {
      await copy.close();
    }
    await rename(unfinished, to);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
  return true;
}

/** Whether `to` is an executable with these bytes. */
async function isThere(from: string, to: string, changes?: Changes): Promise<boolean> {
  const handles: FileHandle[] = [];
  try {
    for (const file of [from, to]) handles.push(await open(file, "r"));
    const [source, copy] = handles as [FileHandle, FileHandle];
    const [wanted, found] = [await source.stat(), await copy.stat()];
    const size = changes?.size ?? wanted.size;
    if (found.size !== size || (found.mode & 0o111) !== 0o111) return false;
    for (let at = 0; at < size; at += CHUNK) {
      const length = Math.min(CHUNK, size - at);
      const [expected, actual] = [await chunk(source, at, length), await chunk(copy, at, length)];
      for (const { at: place, bytes } of changes?.edits ?? []) overlay(expected, place - at, bytes);
      if (!expected.equals(actual)) return false;
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/** Bytes of a file; zeros behind its end. */
async function chunk(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, done, length - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer;
}

/** Writes what of `bytes` lies within the target; `at` may be before it. */
function overlay(target: Buffer, at: number, bytes: Buffer): void {
  if (at < target.length && at + bytes.length > 0) bytes.copy(target, Math.max(at, 0), Math.max(-at, 0));
}
