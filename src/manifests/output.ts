import { randomBytes } from "node:crypto";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SluiceError } from "../errors.ts";
import { fileReason } from "../text/file-reason.ts";

/**
 * Several texts as one stream of YAML documents; a single one stays as it is. Each begins with `---`, the first one
 * too: kubectl takes a stream that begins with a brace for JSON to its end.
 */
export function joinTexts(texts: readonly string[]): string {
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return only;
  return texts
    .map((text) => text.replace(/^\uFEFF/, ""))
    .filter((text) => text.trim() !== "")
    .map((text) => (/^(---|%YAML)/.test(text) ? text : `---\n${text}`))
    .map((text) => (text.endsWith("\n") ? text : `${text}\n`))
    .join("");
}

/**
 * Replaces a file by a text in one step, with the same rights; a link stays a link.
 * @throws SluiceError SL8005 (exit 2).
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = await realpath(file);
    const { mode } = await stat(target);
    temporary = join(dirname(target), `.sluice-${randomBytes(6).toString("hex")}`);
    await writeFile(temporary, text, { mode, flag: "wx" });
    await rename(temporary, target);
  } catch (cause) {
    if (temporary !== undefined) await rm(temporary, { force: true });
    throw new SluiceError("SL8005", { params: { file, reason: fileReason(cause) }, place: { file }, cause });
  }
}
