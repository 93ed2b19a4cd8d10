import type { FileHandle } from "node:fs/promises";

/** Bytes that stand at a place of a file. */
export interface Edit {
  at: number;
  bytes: Buffer;
}

/** A file as another one with some bytes changed and another length. */
export interface Changes {
  edits: readonly Edit[];
  size: number;
}

// elf(5): of 64 bits and little-endian, as all that we build for Linux.
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_STRTAB = 5;
const DT_RPATH = 15;
const DT_DEBUG = 21;

/** A line of the program header: what of the file lies where in memory. `at` is the line's own place. */
interface Segment {
  at: number;
  type: number;
  offset: number;
  address: number;
  fileSize: number;
  memorySize: number;
}

/** The loader that an executable names, undefined where it is no ELF file or needs none. */
export async function loaderOf(file: FileHandle): Promise<string | undefined> {
  const named = (await segmentsOf(file)).find(({ type }) => type === PT_INTERP);
  if (named === undefined) return undefined;
  const text = await readAt(file, named.offset, named.fileSize);
  return text.toString("utf8").replace(/\0.*$/s, "");
}

/**
 * What makes an executable use another loader, and look for its libraries in one folder before any other. Both names are
 * put behind the last segment, which grows by them; the section table stands there, and nothing that runs reads it.
 * The entry of the dynamic section that is for debuggers (DT_DEBUG) makes room for DT_RPATH: RUNPATH would come after
 * LD_LIBRARY_PATH, and the libraries of the image fit the image's own loader only.
 * @param loader absolute path. @param libraries absolute path of a folder.
 * @throws where the executable is built in another way than Bun's are.
 */
export async function relink(file: FileHandle, loader: string, libraries: string): Promise<Changes> {
  const segments = await segmentsOf(file);
  const last = segments.filter(({ type }) => type === PT_LOAD).sort((a, b) => b.address - a.address)[0];
  const named = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const entries = dynamic && (await dynamicEntries(file, dynamic));
  const strings = entries?.find(({ tag }) => tag === DT_STRTAB)?.value;
  const slot = entries?.find(({ tag }) => tag === DT_DEBUG || tag === DT_RPATH)?.at;
  // What a segment has in memory only begins behind its bytes of the file: names put there would be zeroed.
  if (!last || !named || last.fileSize !== last.memorySize || strings === undefined || slot === undefined)
    throw new Error("the executable is not laid out as Bun's are");

  const [first, second] = [Buffer.from(`${loader}\0`), Buffer.from(`${libraries}\0`)];
  const tail = Buffer.concat([first, second]);
  const end = last.offset + last.fileSize;
  const address = last.address + last.fileSize;
  const size = last.fileSize + tail.length;
  return {
    size: end + tail.length,
    edits: [
      { at: 40, bytes: words(0) }, // e_shoff
      { at: 60, bytes: Buffer.alloc(4) }, // e_shnum, e_shstrndx
      { at: last.at + 32, bytes: words(size, size) },
      { at: named.at + 8, bytes: words(end, address, address, first.length, first.length) },
      { at: slot, bytes: words(DT_RPATH, address + first.length - strings) },
      { at: end, bytes: tail },
    ],
  };
}

/** Empty where the file is no such ELF file. */
async function segmentsOf(file: FileHandle): Promise<Segment[]> {
  const header = await readAt(file, 0, 64);
  if (header.length < 64 || header.toString("latin1", 0, 6) !== "\x7fELF\x02\x01") return [];
  const [start, width, count] = [word(header, 32), header.readUInt16LE(54), header.readUInt16LE(56)];
  const table = await readAt(file, start, width * count);
  return Array.from({ length: count }, (_, index) => {
    const line = table.subarray(index * width);
    return {
      at: start + index * width,
      type: line.readUInt32LE(0),
      offset: word(line, 8),
      address: word(line, 16),
      fileSize: word(line, 32),
      memorySize: word(line, 40),
    };
  });
}

async function dynamicEntries(file: FileHandle, { offset, fileSize }: Segment) {
  const table = await readAt(file, offset, fileSize);
  return Array.from({ length: table.length / 16 }, (_, index) => ({
    at: offset + index * 16,
    tag: word(table, index * 16),
    value: word(table, index * 16 + 8),
  }));
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function word(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * index);
  return bytes;
}
