import type { WatchEvent } from "./client.ts";
import type { KubernetesObject } from "./types.ts";

/** The objects of a list as its watch changes them. */
export interface ObjectSet<T> {
  replace(items: readonly T[]): void;
  /** False where the event says nothing new. */
  take(event: Exclude<WatchEvent<T>, { type: "BOOKMARK" }>): boolean;
  /** A copy, by name. */
  copy(): ReadonlyMap<string, T>;
  /** The same for the same objects in the same versions. */
  digest(): string;
}

const versionOf = ({ metadata }: KubernetesObject) =>
  `${metadata.uid ?? ""}/${metadata.resourceVersion ?? ""}`;

export function createObjectSet<T extends KubernetesObject>(): ObjectSet<T> {
  const known = new Map<string, T>();
  return {
    replace(items) {
      known.clear();
      for (const item of items) known.set(item.metadata.name, item);
    },
    take({ type, object }) {
      const { name, uid } = object.metadata;
      const before = known.get(name);
      if (type !== "DELETED") {
        known.set(name, object);
        return before === undefined || versionOf(before) !== versionOf(object);
      }
      // Another object of that name has come since: the end of the earlier one is not its end.
      if (before === undefined || before.metadata.uid !== uid) return false;
      return known.delete(name);
    },
    copy: () => new Map(known),
    digest: () =>
      [...known]
        .map(([name, item]) => `${name}/${versionOf(item)}`)
        .sort()
        .join(" "),
  };
}
