import { readFileSync } from "node:fs";
import type { Document, LineCounter, Node } from "yaml";
import type { FileValue } from "../cli/resolve.ts";
import { SluiceError } from "../errors.ts";
import { fileReason } from "../text/file-reason.ts";

/**
 * The text of the configuration file, or undefined where the file is not there and was not named explicitly.
 * Throws SL2010.
 */
export async function readConfigFile(file: string, explicit: boolean): Promise<string | undefined> {
  try {
    // At every start, mostly in vain: node:fs/promises alone takes longer to load.
    return readFileSync(file, "utf8");
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === "ENOENT";
    if (absent && !explicit) return undefined;
    throw new SluiceError("SL2010", { params: { file, reason: fileReason(cause) }, cause });
  }
}

/**
 * Keys and values of the configuration as text, each with its line; a key without a value counts as not set. The
 * `yaml` package is loaded here only. Throws SL2011 for what is no YAML, SL2013 for what is no mapping, SL2004 for a
 * value that is neither a scalar nor a list of scalars.
 */
export async function parseConfig(text: string, file: string): Promise<Map<string, FileValue>> {
  const { isMap, isScalar, LineCounter, parseAllDocuments } = await import("yaml");
  const counter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: counter, prettyErrors: false });
  const documents: Document[] = Array.isArray(parsed) ? parsed : [];
  const values = new Map<string, FileValue>();
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined)
      throw new SluiceError("SL2011", {
        params: { reason: error.message },
        place: placeAt(file, counter, error.pos[0]),
      });
  }
  if (documents.length > 1)
    throw new SluiceError("SL2013", { params: { found: "several documents" }, place: { file } });
  const root = documents[0]?.contents ?? null;
  if (documents[0] === undefined || root === null || (isScalar(root) && root.value === null)) return values;
  if (!isMap(root)) {
    const found = isScalar(root) ? "a single value" : "a list";
    throw new SluiceError("SL2013", { params: { found }, place: placeAt(file, counter, root.range?.[0]) });
  }
  for (const { key, value } of root.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    const place = placeAt(file, counter, (key as Node).range?.[0]);
    const texts = await textsOf(value as Node | null, documents[0]);
    if (texts === undefined)
      throw new SluiceError("SL2004", {
        params: {
          source: `the key ${name}`,
          value: "the mapping",
          expected: "one value or a list",
          example: `${name}: VALUE`,
        },
        place,
      });
    if (texts !== null) values.set(name, { texts, place });
  }
  return values;
}

/** Texts of a scalar or of a list; null where nothing is set, undefined where it is something else. */
async function textsOf(node: Node | null, document: Document): Promise<string[] | null | undefined> {
  const { isAlias, isScalar, isSeq } = await import("yaml");
  const target = isAlias(node) ? node.resolve(document) : node;
  if (target === null || target === undefined) return null;
  // The source keeps what is written: 007 stays 007, 1e3 stays 1e3.
  if (isScalar(target)) {
    if (target.value === null) return null;
    return [target.type === "PLAIN" && target.source !== undefined ? target.source : String(target.value)];
  }
  if (!isSeq(target)) return undefined;
  const texts: string[] = [];
  for (const item of target.items) {
    const inner = isSeq(item) ? undefined : await textsOf(item as Node | null, document);
    if (inner === undefined) return undefined;
    texts.push(...(inner ?? [""]));
  }
  return texts;
}

function placeAt(
  file: string,
  counter: LineCounter,
  offset = 0,
): { file: string; line: number; column: number } {
  const { line, col } = counter.linePos(offset);
  return { file, line, column: col };
}
