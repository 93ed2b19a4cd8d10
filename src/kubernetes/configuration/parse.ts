import type { Document, LineCounter, Node } from "yaml";
import { type Place, SluiceError } from "../../errors.ts";
import type { Entry, Fields, Kubeconfig } from "./entries.ts";

const LISTS = { clusters: "cluster", users: "user", contexts: "context" } as const;

/**
 * The text of one kubeconfig. The `yaml` package is loaded here only: in a pod there is none.
 * @throws SluiceError SL7003 with the line.
 */
export async function parseKubeconfig(text: string, file: string): Promise<Kubeconfig> {
  const { LineCounter, parseDocument } = await import("yaml");
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const placeOf = (path: readonly (string | number)[]): Place => place(file, counter, document, path);
  const refuse = (reason: string, where: Place) =>
    new SluiceError("SL7003", { params: { reason }, place: where });
  const [error] = document.errors;
  if (error !== undefined) throw refuse(error.message, { file, ...lineAt(counter, error.pos[0]) });
  const root = document.toJS() as Fields | null;
  if (root !== null && (typeof root !== "object" || Array.isArray(root)))
    throw refuse("it should be a mapping with clusters, users and contexts", { file, line: 1 });

  function entries(list: keyof typeof LISTS): Map<string, Entry> {
    const found = new Map<string, Entry>();
    const values = root?.[list] ?? [];
    if (!Array.isArray(values)) throw refuse(`${list} should be a list`, placeOf([list]));
    for (const [index, value] of values.entries()) {
      const { name, [LISTS[list]]: fields } = (value ?? {}) as Fields;
      const key = typeof name === "number" ? String(name) : name;
      if (typeof key !== "string") throw refuse(`an entry of ${list} without a name`, placeOf([list, index]));
      if (found.has(key)) throw refuse(`${list} has two entries of the name ${key}`, placeOf([list, index]));
      if (fields !== undefined && fields !== null && (typeof fields !== "object" || Array.isArray(fields)))
        throw refuse(`${LISTS[list]} of ${key} should be a mapping`, placeOf([list, index, LISTS[list]]));
      found.set(key, {
        name: key,
        file,
        fields: (fields ?? {}) as Fields,
        place: (path = []) => placeOf([list, index, LISTS[list], ...path]),
      });
    }
    return found;
  }

  const current = root?.["current-context"];
  return {
    clusters: entries("clusters"),
    users: entries("users"),
    contexts: entries("contexts"),
    currentContext: typeof current === "string" && current !== "" ? current : undefined,
  };
}

/** Of the innermost part of the path that is there. */
function place(
  file: string,
  counter: LineCounter,
  document: Document,
  path: readonly (string | number)[],
): Place {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return { file, ...lineAt(counter, node.range[0]) };
  }
  return { file };
}

function lineAt(counter: LineCounter, offset: number): { line?: number } {
  const { line } = counter.linePos(offset);
  return line > 0 ? { line } : {};
}
