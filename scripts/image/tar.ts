/** A file, folder or link of an archive. Everything belongs to root and is as old as the epoch. */
export interface Entry {
  /** Without a leading slash. */
  path: string;
  /** Permission bits. */
  mode: number;
  /** The bytes of a file; `link` is where a symbolic link points to; neither is a folder. */
  content?: Uint8Array;
  link?: string;
}

const BLOCK = 512;

/**
 * Writes a tar archive (POSIX ustar): the same entries give the same bytes, in whatever order they come.
 * @throws for a path that the format cannot hold (more than 100 bytes).
 */
export function tar(entries: readonly Entry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.flatMap((entry) => {
    const content = entry.content ?? new Uint8Array();
    return [header(entry), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: Entry): Buffer {
  const { content, link } = entry;
  const kind = link !== undefined ? "2" : content !== undefined ? "0" : "5";
  const name = kind === "5" ? `${entry.path}/` : entry.path;
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(link ?? "") > 100)
    throw new Error(`too long for the archive: ${name}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, "0")}\0`, offset, "latin1");
  block.write(name, 0, "utf8");
  octal(entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content?.length ?? 0, 124, 12);
  octal(0, 136, 12);
  block.write("        ", 148, "latin1"); // the checksum counts as spaces
  block.write(kind, 156, "latin1");
  block.write(link ?? "", 157, "utf8");
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
