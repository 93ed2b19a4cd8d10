import type { Closed } from "../gate/condition.ts";
import type { Cluster } from "../gate/kubernetes/cluster.ts";
import { type Followed, follow, refuseBadSelector } from "../gate/kubernetes/follow.ts";
import { rightsFor } from "../gate/kubernetes/selected.ts";
import { judgeTrouble } from "../gate/kubernetes/trouble.ts";
import type { Watching } from "../gate/kubernetes/watching.ts";
import type { Resource } from "../kubernetes/resources.ts";
import type { KubernetesObject } from "../kubernetes/types.ts";

/** The objects of one name or selector. */
export interface Part<T> {
  name: string | undefined;
  /** Undefined before the first answer, and while the API server does not answer. */
  items(): ReadonlyMap<string, T> | undefined;
  /** @throws SluiceError SL5008 for a selector that the API server cannot read. */
  trouble(): Closed | undefined;
}

/** One list and one watch for each name, or one for the selector ("" is everything in the namespace). */
export function partsOf<T extends KubernetesObject>(
  cluster: Cluster,
  resource: Resource,
  { names, selector }: { names: readonly string[]; selector: string },
  { again, failed, signal }: Watching,
): Part<T>[] {
  const { namespace } = cluster;
  const asked: (string | undefined)[] = names.length > 0 ? [...names] : [undefined];
  return asked.map((name) => {
    const selection = name === undefined ? { namespace, labelSelector: selector } : { namespace, name };
    const state: Followed<T> = follow<T>(cluster, { resource, selection }, again, failed, signal);
    const rights = rightsFor(resource, { name, selector }, namespace);
    return {
      name,
      items: () => (state.trouble === undefined ? state.items : undefined),
      trouble: () => {
        if (state.trouble === undefined) return undefined;
        if (state.items === undefined && name === undefined) refuseBadSelector(state.trouble, selector);
        return judgeTrouble(state.trouble, rights);
      },
    };
  });
}

/** The first trouble of some parts, or undefined where there is none. */
export function troubleOf(parts: readonly Part<unknown>[]): Closed | undefined {
  for (const part of parts) {
    const trouble = part.trouble();
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}
