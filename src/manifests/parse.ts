import {
  type Document,
  isAlias,
  isMap,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type YAMLParseError,
} from "yaml";
import { type Place, SluiceError } from "../errors.ts";
import { flawOf } from "./flaws.ts";

/** A text of one or many documents, read. */
export interface Stream {
  readonly text: string;
  readonly documents: readonly Document.Parsed[];
  /** Where an offset is, for errors. */
  place(offset: number): Place;
}

/** How a document becomes JavaScript: an alias bomb ends here, real manifests do not. */
const limits = { maxAliasCount: 10_000 } as const;

const hints: Record<string, string> = {
  TAB_AS_INDENT: "Indent with spaces: YAML does not allow tabs there.",
  DUPLICATE_KEY: "Keep one of the two: the API server would refuse both, or take either.",
};

/**
 * Reads YAML or JSON and keeps where each part stands.
 * @param firstLine number of the text's first line in its file, from 1.
 * @throws SluiceError SL8001 (exit 2) with file and line for what cannot be read.
 */
export function parseStream(text: string, file: string, firstLine = 1): Stream {
  const lines = new LineCounter();
  const documents = [
    ...parseAllDocuments(text, {
      keepSourceTokens: true,
      lineCounter: lines,
      merge: true,
      logLevel: "silent",
    }),
  ] as Document.Parsed[];
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: line + firstLine - 1, column: col };
  };
  const wrong = (reason: string, offset: number, hint = {}) =>
    new SluiceError("SL8001", { params: { file, reason }, place: place(offset), ...hint });
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) throw unreadable(error, text, place);
    const flaw = flawOf(document);
    if (flaw !== undefined) throw wrong(flaw.reason, flaw.offset, templateHint(text));
    const { contents } = document;
    if (contents === null || isMap(contents) || isSeq(contents) || isAlias(contents)) continue;
    if ((contents as { value?: unknown }).value === null) continue;
    throw wrong("this document is a text, not an object", contents.range?.[0] ?? 0, templateHint(text));
  }
  return { text, documents, place };
}

/** A document as JavaScript. @throws SluiceError SL8001 where its aliases grow without bounds. */
export function toJs(document: Document.Parsed, stream: Stream): unknown {
  try {
    return document.toJS(limits);
  } catch (error) {
    const where = stream.place(document.range[0]);
    const reason = error instanceof Error ? error.message : String(error);
    throw new SluiceError("SL8001", { params: { file: where.file, reason }, place: where, cause: error });
  }
}

function unreadable(error: YAMLParseError, text: string, place: (offset: number) => Place): SluiceError {
  const [sentence = ""] = error.message.split("\n");
  const where = place(error.pos[0]);
  const hint = hints[error.code];
  return new SluiceError("SL8001", {
    params: { file: where.file, reason: reasonOf(sentence) },
    place: where,
    ...(hint === undefined ? templateHint(text) : { hint }),
    cause: error,
  });
}

function reasonOf(sentence: string): string {
  if (/call stack/i.test(sentence)) return "it is nested too deeply";
  return sentence.replace(/ at line \d+, column \d+:?$/, "");
}

/** A chart's template is no manifest yet. */
function templateHint(text: string): { hint?: string } {
  if (!/\{\{-?\s*[.$\w]/.test(text)) return {};
  return {
    hint: "This looks like a template. Render it first: `helm template RELEASE CHART` prints the manifests.",
  };
}
