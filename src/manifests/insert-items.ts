import { isScalar, isSeq, type Pair, type YAMLSeq } from "yaml";
import { aboveComments, type Edit, insertLines, nextLine } from "./edits.ts";
import { blockItems, gap, json } from "./emit.ts";
import type { JsonMap } from "./json.ts";
import { contentEnd, ownerOf, ownPair, valueAt } from "./lookup.ts";
import {
  itemLine,
  itemStart,
  keyLine,
  listOffset,
  lookAt,
  type MapPlace,
  startOf,
  unsupported,
} from "./places.ts";

/** Where items get into a list of a map. */
export interface ListPlace {
  /** Items that are there. */
  readonly length: number;
  /**
   * What must be known to take the items out again: nothing where the list was there, `KEY` where it is new,
   * `KEY=TEXT` where TEXT (`null`, `~` or nothing) stood in its place.
   */
  readonly made: string | undefined;
  insert(items: readonly JsonMap[], index: number): Edit;
}

/** Finds the list of a key, aliases and merged maps included, and says how items get into it. */
export function listPlace(key: string, place: MapPlace): ListPlace {
  const { map, document, stream } = place;
  const value = valueAt(map, key, document);
  if (isSeq(value)) {
    // Two that share a list by a merged map must ask for the same text, or the gate would be there twice.
    const owner = { ...place, map: ownerOf(map, key, document) };
    const insert = value.flow === true ? intoFlow(value, owner) : intoBlock(value, owner);
    return { length: value.items.length, made: undefined, insert };
  }
  const pair = ownPair(map, key);
  if (pair === undefined) return { length: 0, made: key, insert: (items) => newList(key, items, place) };
  if (value !== null && !(isScalar(value) && value.value === null))
    throw unsupported(stream, startOf(pair.key), `${key} is no list`);
  const written = isScalar(pair.value) ? (pair.value.source ?? "") : "";
  return {
    length: 0,
    made: `${key}=${written}`,
    insert: (items) => insteadOfNull(pair, written, items, place),
  };
}

/** Above the containers, where they stand in this map; else as its first key. */
function newList(key: string, items: readonly JsonMap[], place: MapPlace): Edit {
  const { map, stream } = place;
  const before = ownPair(map, "containers") ?? ownPair(map, "items") ?? map.items[0];
  if (before === undefined) throw unsupported(stream, startOf(map), "the map is empty");
  if (map.flow === true) {
    const start = startOf(before.key);
    const look = lookAt(start, map, place);
    const colon = look.tight ? ":" : ": ";
    return { start, end: start, text: `"${key}"${colon}${json([...items], look)},${gap(look)}` };
  }
  const { start, column } = keyLine(before, place);
  const offset = listOffset(map, stream);
  const lines = [`${" ".repeat(column)}${key}:`, ...blockItems(items, column + offset, offset)];
  return { ...insertLines(stream.text, aboveComments(stream.text, start, column), lines), later: true };
}

function insteadOfNull(pair: Pair, written: string, items: readonly JsonMap[], place: MapPlace): Edit {
  const { map, stream } = place;
  if (written !== "") {
    const start = startOf(pair.value);
    return { start, end: start + written.length, text: json([...items], lookAt(start, map, place)) };
  }
  if (map.flow === true) throw unsupported(stream, startOf(pair.key), "the list has no value");
  const { column } = keyLine(pair, place);
  const offset = listOffset(map, stream);
  const at = nextLine(stream.text, contentEnd(pair.key));
  return insertLines(stream.text, at, blockItems(items, column + offset, offset));
}

function intoBlock(list: YAMLSeq, { map, stream }: MapPlace) {
  return (items: readonly JsonMap[], index: number): Edit => {
    const { text } = stream;
    const { start, column } = itemLine(list, 0, stream);
    const lines = blockItems(items, column, listOffset(map, stream));
    const at =
      index === 0 ? aboveComments(text, start, column) : nextLine(text, contentEnd(list.items[index - 1]));
    return insertLines(text, at, lines);
  };
}

function intoFlow(list: YAMLSeq, place: MapPlace) {
  return (items: readonly JsonMap[], index: number): Edit => {
    const { text } = place.stream;
    const [open = 0] = list.range ?? [];
    const before = list.items[index - 1] as { range?: [number, number] } | undefined;
    const next = list.items[index];
    const at = before?.range?.[1] ?? (next === undefined ? open + 1 : itemStart(list, index));
    const wide = lookAt(at, list.items.length === 0 ? place.map : list, place);
    // A list whose first item stands beside its bracket goes on so.
    const first = list.items[0];
    const isBeside = first !== undefined && !text.slice(open, itemStart(list, 0)).includes("\n");
    const between = isBeside && wide.unit !== undefined ? " " : gap(wide);
    const written = items.map((item) => json(item, wide)).join(`,${between}`);
    if (before !== undefined) return { start: at, end: at, text: `,${between}${written}` };
    return { start: at, end: at, text: next === undefined ? written : `${written},${between}` };
  };
}
