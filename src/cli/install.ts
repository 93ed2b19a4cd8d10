import { constants } from "node:fs";
import { copyFile, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";

/**
 * Copies the running executable to `folder`/sluice: to a name of its own first, so that whoever starts it finds all of
 * it or none.
 * @returns the file, and whether it had to be copied.
 * @throws SluiceError (exit 2): SL2080 where this is no executable of Sluice, SL2081 where it cannot be written.
 */
export async function installExecutable(
  folder: string,
  self: string | undefined = runningExecutable(),
): Promise<{ file: string; copied: boolean }> {
  if (self === undefined) throw new SluiceError("SL2080");
  const file = join(folder, "sluice");
  const unfinished = join(folder, `.sluice-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    if (await isSame(self, file)) return { file, copied: false };
    await copyFile(self, unfinished, constants.COPYFILE_EXCL);
    const handle = await open(unfinished, "r+");
    try {
      await handle.chmod(0o755);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
    return { file, copied: true };
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SluiceError("SL2081", { params: { folder, reason: code ?? message }, cause: error });
  }
}

/** The file of this process, where it was compiled; with Node.js or Bun in between it is not Sluice's. */
function runningExecutable(): string | undefined {
  const script = process.argv[1] ?? "";
  return /[/\\](\$bunfs|~BUN)[/\\]/.test(script) ? process.execPath : undefined;
}

/** Byte by byte: a container that is started again need not write 100 MB. */
async function isSame(one: string, other: string): Promise<boolean> {
  const handles = [];
  try {
    for (const file of [one, other]) handles.push(await open(file, "r"));
    const [a, b] = handles;
    if (a === undefined || b === undefined) return false;
    const [first, second] = [await a.stat(), await b.stat()];
    if (first.size !== second.size || (second.mode & 0o111) !== 0o111) return false;
    const [x, y] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
    for (let at = 0; at < first.size; ) {
      const [{ bytesRead }, other] = [await a.read(x, 0, x.length, at), await b.read(y, 0, y.length, at)];
      if (bytesRead === 0 || bytesRead !== other.bytesRead) return false;
      if (x.compare(y, 0, bytesRead, 0, bytesRead) !== 0) return false;
      at += bytesRead;
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  } finally {
    for (const handle of handles) await handle.close();
  }
}
