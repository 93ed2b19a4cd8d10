import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { Place } from "../../errors.ts";
import { ownerOf, ownPair, resolved } from "../lookup.ts";
import type { DocumentSource, Path } from "./subjects.ts";

/** Where a path stands in its file; where it is not there, the nearest part of it that is. */
export function placeOf({ document, stream }: DocumentSource, path: Path): Place {
  let here: Node | undefined = resolved(document.contents, document);
  let offset = here?.range?.[0] ?? 0;
  for (const key of path) {
    if (isSeq(here)) {
      const item = here.items[Number(key)] as Node | undefined;
      if (item === undefined || item === null) break;
      offset = item.range?.[0] ?? offset;
      here = resolved(item, document);
    } else if (isMap(here)) {
      const pair = ownPair(ownerOf(here, String(key), document), String(key));
      if (pair === undefined) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      here = resolved(pair.value, document);
    } else break;
  }
  return stream.place(offset);
}
