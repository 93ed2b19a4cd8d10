import { isSeq, type Pair, type YAMLSeq } from "yaml";
import { type Edit, nextLine, removeLines } from "./edits.ts";
import { contentEnd, ownPair, valueAt } from "./lookup.ts";
import { itemLine, itemStart, keyLine, type MapPlace, startOf, unsupported } from "./places.ts";

export interface Removal {
  readonly edits: readonly Edit[];
  /** What is there afterwards. */
  readonly leaves: "items" | "empty" | "null" | "nothing";
}

/**
 * Takes items out of the list of a key.
 * @param made as `ListPlace.made` said it: whether the list goes when its last item goes, and what comes back instead.
 */
export function removeItems(
  key: string,
  indices: readonly number[],
  made: string | undefined,
  place: MapPlace,
): Removal {
  const { map, document, stream } = place;
  const { text } = stream;
  const list = valueAt(map, key, document);
  if (!isSeq(list) || indices.length === 0) return { edits: [], leaves: "items" };
  if (indices.length < list.items.length) {
    const edits = list.flow === true ? fromFlow(list, indices) : fromBlock(list, indices, place);
    return { edits, leaves: "items" };
  }
  const restored = made?.startsWith(`${key}=`) ? made.slice(key.length + 1) : undefined;
  if (restored !== undefined) {
    if (list.flow !== true) return { edits: fromBlock(list, indices, place), leaves: "null" };
    const [start = 0, end = 0] = list.range ?? [];
    return { edits: [{ start, end, text: restored || "null" }], leaves: "null" };
  }
  if (list.flow === true && made === undefined) {
    const start = startOf(list.items[0]);
    const end = endOf(list.items.at(-1));
    return { edits: [{ start, end, text: "" }], leaves: "empty" };
  }
  const pair = ownPair(map, key);
  if (pair === undefined) throw unsupported(stream, startOf(list), "the list stands behind an alias");
  if (map.flow === true) return { edits: [fromBraces(pair, place)], leaves: "nothing" };
  const { start } = keyLine(pair, place);
  return { edits: [removeLines(text, start, nextLine(text, contentEnd(pair.value)))], leaves: "nothing" };
}

const endOf = (node: unknown): number => (node as { range?: [number, number] } | undefined)?.range?.[1] ?? 0;

/** Neighbours go together: at an end without a line break only one of them could take that in front of it along. */
function fromBlock(list: YAMLSeq, indices: readonly number[], { stream }: MapPlace): Edit[] {
  const { text } = stream;
  const parts: { start: number; end: number }[] = [];
  for (const index of indices) {
    const { start } = itemLine(list, index, stream);
    const end = nextLine(text, contentEnd(list.items[index]));
    const last = parts.at(-1);
    if (last?.end === start) last.end = end;
    else parts.push({ start, end });
  }
  return parts.map(({ start, end }) => removeLines(text, start, end));
}

/** Each run of neighbours with the comma that came with it. */
function fromFlow(list: YAMLSeq, indices: readonly number[]): Edit[] {
  const edits: Edit[] = [];
  for (let from = 0; from < list.items.length; from++) {
    if (!indices.includes(from)) continue;
    let to = from;
    while (indices.includes(to + 1)) to++;
    const start = from === 0 ? itemStart(list, 0) : endOf(list.items[from - 1]);
    const end = from === 0 ? itemStart(list, to + 1) : endOf(list.items[to]);
    edits.push({ start, end, text: "" });
    from = to;
  }
  return edits;
}

function fromBraces(pair: Pair, { map }: MapPlace): Edit {
  const index = map.items.indexOf(pair);
  const next = map.items[index + 1];
  const before = map.items[index - 1];
  if (next !== undefined) return { start: startOf(pair.key), end: startOf(next.key), text: "" };
  const start = before === undefined ? startOf(pair.key) : endOf(before.value ?? before.key);
  return { start, end: endOf(pair.value), text: "" };
}
