import { readFileSync } from "node:fs";
import { type Place, SluiceError } from "../../errors.ts";
import { fileReason } from "../../text/file-reason.ts";

/** Where a text of credentials stands: in the configuration itself, or in a file that it names. */
export type Source =
  | { text: string; key?: string; place?: Place | undefined }
  | { file: string; key: string; place?: Place | undefined };

export interface ReaderOptions {
  /** What is wrong with a text, or undefined where it can be used. */
  problem?(text: string): string | undefined;
  /** Told once why what was read before goes on. */
  warn?(text: string): void;
}

/**
 * The text of a source. Files are read afresh for each request: they are short, requests are rare, and a token or
 * certificate that was rotated is never sent late. While a file is being replaced, what it held before goes on.
 * @throws SluiceError SL7005 where it could never be read or used, SL7010 where the text is the configuration's own.
 */
export function createReader(source: Source, { problem, warn }: ReaderOptions = {}): () => string {
  let last: string | undefined;
  let told: string | undefined;
  return () => {
    try {
      const text = "text" in source ? source.text : readFileSync(source.file, "utf8");
      if (text !== last) {
        const reason = "file" in source && text.trim() === "" ? "it is empty" : problem?.(text);
        if (reason !== undefined) throw new Error(reason);
      }
      last = text;
      told = undefined;
      return text;
    } catch (cause) {
      const error = unusable(source, fileReason(cause), cause);
      if (last === undefined) throw error;
      if (told !== error.message) warn?.(`${error.message}; what was there before goes on`);
      told = error.message;
      return last;
    }
  };
}

/** @param reason without the text itself, which may be a secret. */
export function unusable(source: Source, reason: string, cause?: unknown): SluiceError {
  const details = { ...(source.place === undefined ? {} : { place: source.place }), cause };
  const key = source.key ?? "credentials";
  return "file" in source
    ? new SluiceError("SL7005", { params: { key, file: source.file, reason }, ...details })
    : new SluiceError("SL7010", { params: { key, reason }, ...details });
}
