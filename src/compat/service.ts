import type { Condition, Verdict } from "../gate/condition.ts";
import type { Cluster } from "../gate/kubernetes/cluster.ts";
import { judgePod } from "../gate/kubernetes/pod.ts";
import { isAlive, selectorText } from "../gate/kubernetes/states.ts";
import { type Watching, watchingCondition } from "../gate/kubernetes/watching.ts";
import { pods, services } from "../kubernetes/resources.ts";
import type { KubernetesObject, Pod } from "../kubernetes/types.ts";
import { type Part, partsOf, troubleOf } from "./parts.ts";
import type { Request } from "./request.ts";
import { inside } from "./rules.ts";

/** The part of a Service that says which pods are behind it. */
export interface Service extends KubernetesObject {
  spec?: { selector?: Readonly<Record<string, string>> };
}

/**
 * Waits for the pods behind services, with the rights that k8s-wait-for needed for it: services and pods. `sluice
 * wait service/NAME` looks at the endpoints instead.
 */
export function serviceCondition(request: Request, cluster: Cluster): Condition {
  return watchingCondition(request.label, (watching) => {
    const parts = partsOf<Service>(cluster, services, request, watching);
    const podsBehind = podsBySelector(cluster, watching);
    return () => {
      const missing = troubleOf(parts);
      if (missing !== undefined) return { trouble: missing };
      const found = new Map<string, Service | undefined>();
      for (const part of parts) {
        const items = part.items();
        if (items === undefined) return undefined;
        for (const name of part.name === undefined ? items.keys() : [part.name])
          found.set(name, items.get(name));
      }
      const behind = podsBehind([...found.values()].map(selectorOf));
      const trouble = troubleOf([...behind.values()]);
      if (trouble !== undefined) return { trouble };
      if (found.size === 0)
        return {
          verdict: { open: false, reason: `there is no ${request.label} yet${inside(cluster.namespace)}` },
        };
      let closed: Verdict | undefined;
      for (const [name, service] of found) {
        const selector = selectorOf(service);
        const items = selector === undefined ? new Map<string, Pod>() : behind.get(selector)?.items();
        if (items === undefined) return undefined;
        const verdict = judgeBehind(name, service, [...items.values()], cluster.namespace);
        if (!verdict.open) closed ??= verdict;
      }
      return { verdict: closed ?? { open: true } };
    };
  });
}

/** Watches the pods of the selectors that are asked for, and no others any more. */
function podsBySelector(cluster: Cluster, watching: Watching) {
  const watched = new Map<string, { part: Part<Pod>; end: AbortController }>();
  return (selectors: readonly (string | undefined)[]): ReadonlyMap<string, Part<Pod>> => {
    for (const [selector, { end }] of watched) {
      if (selectors.includes(selector)) continue;
      end.abort();
      watched.delete(selector);
    }
    for (const selector of selectors) {
      if (selector === undefined || watched.has(selector)) continue;
      const end = new AbortController();
      const signal = AbortSignal.any([watching.signal, end.signal]);
      const [part] = partsOf<Pod>(cluster, pods, { names: [], selector }, { ...watching, signal });
      if (part !== undefined) watched.set(selector, { part, end });
    }
    return new Map([...watched].map(([selector, { part }]) => [selector, part]));
  };
}

/**
 * The rule for one service: every pod behind it that has not ended is ready, and at least one is. A pod that has
 * ended gets no traffic: it neither counts nor blocks.
 */
export function judgeBehind(
  name: string,
  service: Service | undefined,
  behind: readonly Pod[],
  namespace: string,
): Verdict {
  if (service === undefined)
    return { open: false, reason: `there is no service ${name} yet${inside(namespace)}` };
  if (selectorOf(service) === undefined)
    return {
      open: false,
      reason: `the service ${name} has no selector, so nothing says which pods are behind it: use sluice wait service/${name}`,
    };
  const alive = behind.filter(isAlive);
  if (alive.length === 0) return { open: false, reason: `no pod is behind the service ${name} yet` };
  for (const pod of alive) {
    const verdict = judgePod(pod);
    if (verdict.open) continue;
    const about = `service ${name}, pod ${pod.metadata.name}: `;
    return { ...verdict, reason: about + verdict.reason, topic: about + (verdict.topic ?? verdict.reason) };
  }
  return { open: true };
}

function selectorOf(service: Service | undefined): string | undefined {
  return selectorText({ matchLabels: service?.spec?.selector ?? {} });
}
