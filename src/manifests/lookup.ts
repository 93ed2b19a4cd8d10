import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";

/** The node that an alias stands for; the node itself where it is none. */
export function resolved(node: unknown, document: Document): Node | undefined {
  let here = node as Node | null | undefined;
  while (isAlias(here)) here = here.resolve(document) as Node | undefined;
  return here ?? undefined;
}

/** The pair of a key that is written in this map itself. */
export function ownPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** The value of a key, aliases resolved, also where it comes from a merged map (`<<`). Undefined: no such key. */
export function valueAt(map: YAMLMap, key: string, document: Document): Node | null | undefined {
  const own = ownPair(map, key);
  if (own !== undefined) return resolved(own.value, document) ?? null;
  for (const source of mergedMaps(map, document)) {
    const value = valueAt(source, key, document);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The map in which a key is written: this one, or one that is merged in. */
export function ownerOf(map: YAMLMap, key: string, document: Document): YAMLMap {
  if (ownPair(map, key) !== undefined) return map;
  const source = mergedMaps(map, document).find((one) => valueAt(one, key, document) !== undefined);
  return source === undefined ? map : ownerOf(source, key, document);
}

/** The maps that `<<` merges in, in order of precedence. */
function mergedMaps(map: YAMLMap, document: Document): YAMLMap[] {
  return map.items.filter(isMerge).flatMap(({ value }) => {
    const source = resolved(value, document);
    const all = isSeq(source) ? source.items.map((item) => resolved(item, document)) : [source];
    return all.filter((one): one is YAMLMap => isMap(one));
  });
}

export function isMerge({ key }: Pair): boolean {
  return isScalar(key) && (key.source === "<<" || key.value === "<<" || typeof key.value === "symbol");
}

/** The node at a path of keys and indices; undefined where it does not exist. */
export function nodeAt(
  root: unknown,
  path: readonly (string | number)[],
  document: Document,
): Node | undefined {
  let here = resolved(root, document);
  for (const key of path) {
    if (typeof key === "number") here = isSeq(here) ? resolved(here.items[key], document) : undefined;
    else here = isMap(here) ? (valueAt(here, key, document) ?? undefined) : undefined;
    if (here === undefined) return undefined;
  }
  return here;
}

/**
 * Offset at which what a node says ends. A block collection's own range goes on over blank lines and comments, which
 * belong to what follows.
 */
export function contentEnd(node: unknown): number {
  const { range, flow } = (node ?? {}) as { range?: [number, number, number]; flow?: boolean };
  if (flow !== true && (isMap(node) || isSeq(node))) {
    const last = node.items.at(-1);
    if (last === undefined) return range?.[1] ?? 0;
    if (!isMap(node)) return contentEnd(last);
    const { key, value } = last as Pair;
    return Math.max(contentEnd(key), value === null ? 0 : contentEnd(value));
  }
  return range?.[1] ?? 0;
}
