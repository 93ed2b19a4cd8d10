import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../kubernetes/api-error.ts";
import type { KubernetesClient, Listed, Selection, WatchEvent } from "../kubernetes/client.ts";
import type { Resource } from "../kubernetes/resources.ts";
import type { KubernetesObject } from "../kubernetes/types.ts";

/** Milliseconds between two looks, and until watching is tried again: the Role may have been put right. */
export interface Pace {
  poll: number;
  retry: number;
}

const PACE: Pace = { poll: 5000, retry: 60_000 };

/** Begins the version of what was fetched by name. */
const FETCHED = "fetched-";

/**
 * A client for Roles that were written for k8s-wait-for: where list and watch are forbidden and get is allowed, an
 * object of one name is fetched again and again, and a selection that may only be listed is listed again and again.
 * The answers look like a list and a watch, so nothing above knows the difference.
 */
export function getInstead(client: KubernetesClient, pace: Pace = PACE): KubernetesClient {
  /** The last list of each selection: where polling goes on in place of a watch from that version. */
  const listed = new Map<string, { version: string; items: readonly KubernetesObject[] }>();
  let fetches = 0;

  async function read<T extends KubernetesObject>(
    resource: Resource,
    selection: Selection = {},
    signal?: AbortSignal,
  ): Promise<Listed<T>> {
    try {
      return await client.list<T>(resource, selection, signal);
    } catch (error) {
      const { name, namespace } = selection;
      if (!isForbidden(error) || name === undefined) throw error;
      try {
        const place = { ...(namespace !== undefined && { namespace }), ...(signal && { signal }) };
        const object = await client.get<T>(resource, name, place);
        // No version that a server knows: a watch could not go on from one object, or from none.
        return { items: object === undefined ? [] : [object], resourceVersion: `${FETCHED}${++fetches}` };
      } catch (second) {
        // The right that is missing is the list's.
        throw isForbidden(second) ? error : second;
      }
    }
  }

  async function list<T>(
    resource: Resource,
    selection?: Selection,
    signal?: AbortSignal,
  ): Promise<Listed<T>> {
    const answer = await read<T & KubernetesObject>(resource, selection, signal);
    listed.set(keyOf(resource, selection), { version: answer.resourceVersion, items: answer.items });
    return answer;
  }

  async function* watch<T>(
    resource: Resource,
    selection: Selection,
    resourceVersion: string,
    signal: AbortSignal,
    opened?: () => void,
  ): AsyncGenerator<WatchEvent<T>> {
    if (!resourceVersion.startsWith(FETCHED)) {
      try {
        return yield* client.watch<T>(resource, selection, resourceVersion, signal, opened);
      } catch (error) {
        if (!isForbidden(error)) throw error;
      }
    }
    const start = listed.get(keyOf(resource, selection));
    // What came after that list is not known here; from a new one the differences can be told.
    if (start?.version !== resourceVersion) throw expired();
    let before = byName(start.items);
    const until = performance.now() + pace.retry;
    opened?.();
    while (!signal.aborted && performance.now() < until) {
      // Apart from each other: many gates begin at the same moment.
      await sleep(pace.poll * (0.8 + 0.4 * Math.random()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const now = byName((await read<T & KubernetesObject>(resource, selection, signal)).items);
      yield* differences(before, now) as WatchEvent<T>[];
      before = now;
    }
    if (!signal.aborted) throw expired();
  }

  return { ...client, list, watch };
}

/** Asks for a new list, and with it for the rights that may have come. */
function expired(): ApiError {
  return new ApiError(410, "Expired", "listed again, as watching is forbidden");
}

/** The events that lead from one state to the next. */
function differences(
  before: ReadonlyMap<string, KubernetesObject>,
  now: ReadonlyMap<string, KubernetesObject>,
): WatchEvent<KubernetesObject>[] {
  const events: WatchEvent<KubernetesObject>[] = [];
  for (const [name, object] of before) if (!now.has(name)) events.push({ type: "DELETED", object });
  for (const [name, object] of now) {
    const known = before.get(name);
    if (known === undefined) events.push({ type: "ADDED", object });
    else if (JSON.stringify(known) !== JSON.stringify(object)) events.push({ type: "MODIFIED", object });
  }
  return events;
}

function byName(items: readonly KubernetesObject[]): ReadonlyMap<string, KubernetesObject> {
  return new Map(items.map((item) => [item.metadata.name, item]));
}

function keyOf(resource: Resource, selection: Selection = {}): string {
  return JSON.stringify([resource.plural, selection]);
}

function isForbidden(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 403;
}
