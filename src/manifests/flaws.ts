import { type Document, isCollection, isScalar, type Node, visit, type YAMLMap } from "yaml";

/** Something in a document that is no object of Kubernetes, and where. */
export interface Flaw {
  readonly reason: string;
  readonly offset: number;
}

/**
 * What YAML allows and JSON cannot say: an alias within the part that it stands for, which has no end; a key that is
 * a map, as `replicas: {{ .Values.replicas }}` makes it. And what it allows but nobody means.
 */
export function flawOf(document: Document.Parsed): Flaw | undefined {
  let found: Flaw | undefined;
  const end = (reason: string, node: Node) => {
    found = { reason, offset: node.range?.[0] ?? 0 };
    return visit.BREAK;
  };
  visit(document, {
    Alias(_, alias, ancestors) {
      // Resolving is slow, and seldom needed: an anchor may be used again for another node.
      const around = ancestors.filter((one) => isCollection(one) && one.anchor === alias.source);
      if (around.length === 0 || !around.includes(alias.resolve(document) as YAMLMap)) return undefined;
      return end(`the alias *${alias.source} stands in what it stands for`, alias);
    },
    Pair(_, { key }) {
      if (isCollection(key)) return end("a key is a map or a list, and no text", key);
      // Of two files with one each, put together: the key would be another, and the object none.
      if (isScalar(key) && key.source?.startsWith("\uFEFF"))
        return end("a byte order mark stands within the text", key);
      return undefined;
    },
  });
  return found;
}
