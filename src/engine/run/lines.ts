/** A line that grows beyond this is passed on in pieces. Bytes. */
const LONGEST = 64 * 1024;

/** A line that is not finished is passed on after this, so that a progress bar or a question shows. Milliseconds. */
const PATIENCE = 200;

export interface LineBuffer {
  push(chunk: Uint8Array): void;
  /** Passes on what is left, without adding a line break. */
  flush(): void;
}

/**
 * Collects the chunks of a stream into whole lines, so that two streams that end on one terminal or in one log do not
 * break into each other's lines. Every byte is passed on unchanged, and in order.
 */
export function lineBuffer(write: (bytes: Uint8Array) => void): LineBuffer {
  let rest: Uint8Array[] = [];
  let size = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (size > 0) write(Buffer.concat(rest));
    rest = [];
    size = 0;
  };
  const keep = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    rest.push(bytes);
    size += bytes.length;
    if (size >= LONGEST) flush();
    else timer ??= setTimeout(flush, PATIENCE);
  };
  return {
    push(chunk) {
      const end = chunk.lastIndexOf(10) + 1;
      if (end > 0) {
        rest.push(chunk.subarray(0, end));
        size += end;
        flush();
      }
      keep(chunk.subarray(end));
    },
    flush,
  };
}
