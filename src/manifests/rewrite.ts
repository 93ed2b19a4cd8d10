import { isDeepStrictEqual } from "node:util";
import { applyEdits, type Edit } from "./edits.ts";
import { unshared } from "./json.ts";
import { parseStream, type Stream, toJs } from "./parse.ts";
import { startOf, unsupported } from "./places.ts";

/** A text and what it means. */
export interface Source {
  readonly stream: Stream;
  /** Each document as JavaScript. */
  readonly values: readonly unknown[];
}

/** A change of one object, and what it must come to. */
export interface Change {
  /** Index of the document. */
  readonly document: number;
  /** What is changed: "deployment/api". */
  readonly label: string;
  readonly edits: readonly Edit[];
  /** Makes the same change in the document's value, in which nothing is shared. */
  expect(value: unknown): void;
}

/** Reads a text. @throws SluiceError SL8001 (exit 2) where it cannot be read. */
export function readSource(text: string, file: string, firstLine: number): Source {
  const stream = parseStream(text, file, firstLine);
  return { stream, values: stream.documents.map((document) => toJs(document, stream)) };
}

/**
 * Edits a text, reads the result and compares: it must mean what it meant before, with the changes and nothing else.
 * So an anchor, a merged map or a form of YAML that was not thought of ends in an error, never in a wrong manifest.
 * @throws SluiceError SL8004 (exit 2).
 */
export function rewrite(source: Source, changes: readonly Change[], firstLine: number): Source {
  if (changes.length === 0) return source;
  const { stream, values } = source;
  const text = applyEdits(
    stream.text,
    changes.flatMap(({ edits }) => edits),
  );
  const { file } = stream.place(0);
  const after = readAgain(text, file, firstLine, source);
  const byDocument = new Map<number, Change[]>();
  for (const change of changes) {
    const own = byDocument.get(change.document);
    if (own === undefined) byDocument.set(change.document, [change]);
    else own.push(change);
  }
  const expected = values.map((value, index) => {
    const own = byDocument.get(index);
    if (own === undefined) return value;
    const copy = unshared(value);
    for (const change of own) change.expect(copy);
    return copy;
  });
  const wrong = expected.findIndex((value, index) => !isDeepStrictEqual(value, after.values[index]));
  if (wrong === -1 && expected.length === after.values.length) return after;
  const index = Math.max(wrong, 0);
  const labels = (byDocument.get(index) ?? []).map(({ label }) => label);
  throw unsupported(
    stream,
    startOf(stream.documents[index]?.contents),
    `${labels.join(", ")}: more than the gate would change, because an anchor is used in another place`,
  );
}

function readAgain(text: string, file: string, firstLine: number, source: Source): Source {
  try {
    return readSource(text, file, firstLine);
  } catch {
    const { stream } = source;
    throw unsupported(stream, startOf(stream.documents[0]?.contents), "the result could not be read again");
  }
}
