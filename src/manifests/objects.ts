import { isJsonMap, type JsonMap, textAt } from "./json.ts";

/** An object in a document, of any kind. */
export interface FoundObject {
  readonly kind: string;
  readonly object: JsonMap;
  /** Where it stands in the document. */
  readonly path: readonly (string | number)[];
}

/**
 * All objects of a document, those of lists included: `List`, typed ones such as `DeploymentList`, whose items may
 * leave their kind out, the `ResourceList` of Kustomize functions, and a bare sequence.
 * @param js the document as JavaScript.
 */
export function findObjects(js: unknown): FoundObject[] {
  const found: FoundObject[] = [];
  const visit = (value: unknown, path: readonly (string | number)[], implied: string | undefined): void => {
    if (!isJsonMap(value)) return;
    const kind = textAt(value, "kind") ?? implied;
    if (kind === undefined) return;
    if (kind.endsWith("List") && Array.isArray(value["items"])) {
      const inner = kind.slice(0, -"List".length);
      for (const [index, item] of value["items"].entries())
        visit(item, [...path, "items", index], inner === "" ? undefined : inner);
      return;
    }
    found.push({ kind, object: value, path });
  };
  if (Array.isArray(js)) for (const [index, item] of js.entries()) visit(item, [index], undefined);
  else visit(js, [], undefined);
  return found;
}
