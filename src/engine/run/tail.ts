/** What the history keeps of a command's output. Bytes of UTF-8. */
export const OUTPUT_LIMIT = 64 * 1024;

/** Bytes at a cut that are given up where no line ends before. */
const LONGEST_SECRET = 8 * 1024;

export interface Tail {
  push(bytes: Uint8Array): void;
  /** The end of what was pushed as text, at most `limit` bytes; bytes that are no UTF-8 become U+FFFD. */
  text(redact: (text: string) => string): string;
}

/**
 * Remembers the end of an output. Twice the limit is kept, because secrets are taken out before the text is cut: a
 * secret that the cut went through would not be recognised.
 */
export function createTail(limit = OUTPUT_LIMIT): Tail {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let cut = false;
  return {
    push(bytes) {
      chunks.push(bytes);
      size += bytes.length;
      while (size - (chunks[0]?.length ?? 0) >= 2 * limit) {
        size -= chunks.shift()?.length ?? 0;
        cut = true;
      }
    },
    text(redact) {
      let bytes: Uint8Array = Buffer.concat(chunks);
      // The beginning may be the end of a secret, which cannot be recognised as one.
      if (cut) bytes = bytes.subarray(Math.min(bytes.indexOf(10) + 1 || LONGEST_SECRET, LONGEST_SECRET));
      return lastBytes(redact(new TextDecoder().decode(bytes)), limit);
    },
  };
}

/** The longest end of a text that has at most `limit` bytes of UTF-8; whole characters only. */
function lastBytes(text: string, limit: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= limit) return text;
  let start = bytes.length - limit;
  // 10xxxxxx continues a character.
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start));
}
