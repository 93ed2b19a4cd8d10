import { isUtf8 } from "node:buffer";
import { SluiceError } from "../errors.ts";

/**
 * The text of a file: UTF-8, without BOM, CRLF as LF.
 * Errors: SL1026 not UTF-8 (with the line), SL1027 UTF-16, SL1028 a NUL byte, which PostgreSQL cannot store.
 */
export function decode(bytes: Buffer, file: string): string {
  const [first, second, third] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new SluiceError("SL1027", { place: { file, line: 1 } });
  if (!isUtf8(bytes)) throw new SluiceError("SL1026", { place: { file, line: firstBadLine(bytes) } });
  const bom = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new SluiceError("SL1028", { place: { file, line: lineOf(bytes, nul) } });
  const text = bytes.toString("utf8", bom);
  return text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
}

/** A line feed never stands inside a character of UTF-8, so each line is valid by itself or not. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(10, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    line++;
    start = end + 1;
  }
}

function lineOf(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
  return line;
}
