import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { SluiceError } from "../errors.ts";
import { lineStart } from "./edits.ts";
import type { JsonLook } from "./emit.ts";
import { ownPair } from "./lookup.ts";
import type { Stream } from "./parse.ts";

/** A map of a document that is to be changed. */
export interface MapPlace {
  readonly map: YAMLMap;
  readonly document: Document.Parsed;
  readonly stream: Stream;
}

/** Offset and column of a key that stands first on its line; throws SL8004 where something stands before it. */
export function keyLine(pair: Pair, { stream }: MapPlace): { start: number; column: number } {
  return ownLine(startOf(pair.key), stream);
}

/** The same of the hyphen of a list item. */
export function itemLine(list: YAMLSeq, index: number, stream: Stream): { start: number; column: number } {
  return ownLine(hyphen(list, index, stream), stream);
}

/** Offset at which a node begins. */
export function startOf(node: unknown): number {
  return (node as Node | undefined)?.range?.[0] ?? 0;
}

/** Offset at which an item of a list in brackets begins: with its anchor and tag, which stand before the node. */
export function itemStart(list: YAMLSeq, index: number): number {
  const start = startOf(list.items[index]);
  const token = list.srcToken;
  if (token?.type !== "flow-collection") return start;
  const own = token.items.find(({ value }) => value?.offset === start);
  const properties = own?.start.find(({ type }) => type === "anchor" || type === "tag");
  return properties?.offset ?? start;
}

function ownLine(offset: number, stream: Stream): { start: number; column: number } {
  const start = lineStart(stream.text, offset);
  if (/[^ ]/.test(stream.text.slice(start, offset)))
    throw unsupported(stream, offset, "something else stands on the same line before it");
  return { start, column: offset - start };
}

function hyphen(list: YAMLSeq, index: number, stream: Stream): number {
  const token = list.srcToken;
  if (token?.type !== "block-seq") throw unsupported(stream, startOf(list), "it is no list of this form");
  const hyphens = token.items.flatMap(({ start }) => start.filter(({ type }) => type === "seq-item-ind"));
  return hyphens[index]?.offset ?? startOf(list);
}

/** SL8004: a form of YAML that cannot be changed without rewriting what is not ours. */
export function unsupported(stream: Stream, offset: number, reason: string): SluiceError {
  const place = stream.place(offset);
  return new SluiceError("SL8004", { params: { file: place.file, reason }, place });
}

/**
 * By how much lists are further in than their keys here: as the list of containers has it, else two columns.
 */
export function listOffset(map: YAMLMap, stream: Stream): number {
  for (const key of ["containers", "items"]) {
    const pair = ownPair(map, key);
    if (pair === undefined || !isSeq(pair.value) || pair.value.flow === true) continue;
    const keyStart = startOf(pair.key);
    const column = keyStart - lineStart(stream.text, keyStart);
    const first = hyphen(pair.value, 0, stream);
    return Math.max(0, first - lineStart(stream.text, first) - column);
  }
  return 2;
}

/** How JSON is written around an offset: over lines only where the whole document is in braces. */
export function lookAt(offset: number, collection: Node, { document, stream }: MapPlace): JsonLook {
  const { text } = stream;
  const root = document.contents;
  if (!isMap(root) || root.flow !== true) return {};
  const [start = 0, end = 0] = root.range ?? [];
  const whole = text.slice(start, end);
  const [from = 0, to = 0] = collection.range ?? [];
  const indented = /(\r?\n)([ \t]+)\S/.exec(whole);
  if (indented !== null && text.slice(from, to).includes("\n")) {
    const line = lineStart(text, offset);
    const base = /^[ \t]*/.exec(text.slice(line))?.[0] ?? "";
    return { unit: indented[2] as string, base, newline: indented[1] as string };
  }
  return { tight: isTight(root, text) };
}

function isTight(root: YAMLMap, text: string): boolean {
  const [first] = root.items;
  if (first === undefined || !isScalar(first.key)) return false;
  return text.slice(first.key.range?.[1], startOf(first.value)) === ":";
}
