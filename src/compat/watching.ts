import type { Closed, Condition, Verdict } from "../gate/condition.ts";
import type { Cluster } from "../gate/kubernetes/cluster.ts";
import { type Followed, follow, refuseBadSelector } from "../gate/kubernetes/follow.ts";
import { rightsFor } from "../gate/kubernetes/selected.ts";
import { createTeller, judgeTrouble } from "../gate/kubernetes/trouble.ts";
import type { Resource } from "../kubernetes/resources.ts";
import type { KubernetesObject } from "../kubernetes/types.ts";

/** What is known at one moment: a verdict, why nothing is known any more, or nothing yet. */
export type Known = { verdict: Verdict } | { trouble: Closed } | undefined;

/** A condition that looks at several watches together. */
export interface Watching {
  /** Looks once more. */
  again(): void;
  failed(error: unknown): void;
  signal: AbortSignal;
}

/** @param start begins the watches and gives what looks at them. */
export function watchingCondition(target: string, start: (watching: Watching) => () => Known): Condition {
  return {
    target,
    watch: (report, signal) =>
      new Promise<void>((resolve, reject) => {
        const teller = createTeller(report, signal);
        signal.addEventListener("abort", () => resolve(), { once: true });
        let look: (() => Known) | undefined;
        const again = () => {
          if (signal.aborted || look === undefined) return;
          try {
            const known = look();
            if (known === undefined) return;
            if ("trouble" in known) teller.trouble(known.trouble);
            else teller.verdict(known.verdict);
          } catch (error) {
            reject(error);
          }
        };
        look = start({ again, failed: reject, signal });
        again();
      }),
  };
}

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
