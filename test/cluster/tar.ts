/** One entry of an archive. Folders end in "/". */
export interface TarEntry {
  name: string;
  content?: Uint8Array;
  mode?: number;
  /** What a symbolic link points at. */
  link?: string;
}

const block = 512;

/** Puts an archive together (POSIX ustar), with root as the owner and 1970 as the time, so that it is always the same. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ name, content = new Uint8Array(), mode, link }) => {
    const folder = name.endsWith("/");
    const type = link !== undefined ? "2" : folder ? "5" : "0";
    const padding = Buffer.alloc((block - (content.length % block)) % block);
    return [
      header(name, content.length, mode ?? (folder ? 0o755 : 0o644), type, link ?? ""),
      content,
      padding,
    ];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(name: string, size: number, mode: number, type: string, link: string): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name}: longer than 100 bytes`);
  const head = Buffer.alloc(block);
  const octal = (value: number, offset: number, digits: number) =>
    head.write(`${value.toString(8).padStart(digits, "0")}\0`, offset);
  head.write(name, 0);
  octal(mode, 100, 7);
  octal(0, 108, 7); // owner
  octal(0, 116, 7); // group
  octal(size, 124, 11);
  octal(0, 136, 11); // time
  head.write(type, 156);
  head.write(link, 157);
  head.write("ustar\x0000", 257);
  // The checksum counts its own field as blanks.
  head.fill(" ", 148, 156);
  head.write(
    `${head
      .reduce((sum, byte) => sum + byte)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return head;
}
