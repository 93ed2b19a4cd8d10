import { readFileSync } from "node:fs";
import { type Place, SluiceError } from "../../errors.ts";
import { fileReason } from "./reason.ts";

/** Where a text of credentials stands: in the configuration itself, or in a file that it names. */
export type Source = { text: string } | { file: string; key: string; place?: Place | undefined };

/**
 * The text of a source. Files are read afresh for each request: they are short, requests are rare, and a token or
 * certificate that was rotated is never sent late. While a file is being replaced, what it held before goes on.
 * @throws SluiceError SL7005 where it could never be read.
 */
export function createReader(source: Source): () => string {
  if ("text" in source) return () => source.text;
  let last: string | undefined;
  return () => {
    try {
      const text = readFileSync(source.file, "utf8");
      if (text.trim() === "") throw Object.assign(new Error("it is empty"), { code: "EMPTY" });
      last = text;
      return text;
    } catch (cause) {
      if (last !== undefined) return last;
      throw new SluiceError("SL7005", {
        params: { key: source.key, file: source.file, reason: fileReason(cause) },
        ...(source.place === undefined ? {} : { place: source.place }),
        cause,
      });
    }
  };
}
