import { mkdir, open } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { SluiceError } from "../errors.ts";
import { isVirtualScript } from "../text/virtual-script.ts";
import { loaderOf, relink } from "./install/elf.ts";
import { libcFiles } from "./install/libc.ts";
import { put } from "./install/put.ts";

/**
 * Copies the running executable to `folder`/sluice. With `libc` the glibc that it runs with goes beside it, into
 * `folder`/sluice-libc, and the copy names these files by their absolute paths: so it starts in an image of any C library,
 * and of none. Where the executable is not for glibc (macOS, musl) it goes alone.
 * @returns the file, and whether anything had to be copied.
 * @throws SluiceError (exit 2): SL2080 where this is no executable of Sluice, SL2081 where it cannot be written.
 */
export async function installExecutable(
  folder: string,
  { libc }: { libc: boolean },
): Promise<{ file: string; copied: boolean }> {
  if (!isVirtualScript(process.argv[1] ?? "")) throw new SluiceError("SL2080");
  const self = process.execPath;
  const file = join(folder, "sluice");
  try {
    await mkdir(folder, { recursive: true });
    const brought = libc ? await bringLibc(self, resolve(folder, "sluice-libc")) : undefined;
    // The executable last: where it is, the rest is.
    const copied = await put(self, file, brought?.changes);
    return { file, copied: copied || brought?.copied === true };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SluiceError("SL2081", { params: { folder, reason: code ?? message }, cause: error });
  }
}

/** Copies the C library, and says what makes the executable use it; undefined where it is not glibc. */
async function bringLibc(self: string, folder: string) {
  const executable = await open(self, "r");
  try {
    const loader = await loaderOf(executable);
    const files = loader && (await libcFiles(loader));
    if (!loader || !files) return undefined;
    await mkdir(folder, { recursive: true });
    let copied = false;
    for (const file of files) copied = (await put(file, join(folder, basename(file)))) || copied;
    const wanted = join(folder, basename(loader));
    return { copied, changes: loader === wanted ? undefined : await relink(executable, wanted, folder) };
  } finally {
    await executable.close();
  }
}
