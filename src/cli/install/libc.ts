import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What Bun's executable is linked with (readelf -d), and what glibc loads by itself to find names. */
export const LIBRARIES = [
  "libc.so.6",
  "libpthread.so.0",
  "libdl.so.2",
  "libm.so.6",
  "libresolv.so.2",
  "libnss_dns.so.2",
] as const;

/**
 * The files of the glibc that this process runs with, the loader first.
 * @param loader as the executable names it.
 * @returns undefined where the C library is another one, such as musl.
 * @throws where its files cannot be found.
 */
export async function libcFiles(loader: string): Promise<string[] | undefined> {
  if (!basename(loader).startsWith("ld-linux")) return undefined;
  const maps = await readFile("/proc/self/maps", "utf8");
  // Before glibc 2.34 the mapped file is libc-2.31.so, and libc.so.6 a link beside it.
  const libc = /\/.*\/libc[-.][^/\n]*$/m.exec(maps)?.[0];
  if (libc === undefined) throw new Error("the C library of this process is not among its files");
  // Newer ones have most of it in libc.so.6, and an image may have left the rest out.
  return [loader, ...LIBRARIES.map((name) => join(dirname(libc), name)).filter(existsSync)];
}
