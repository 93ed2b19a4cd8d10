import { ApiError, ConnectionError } from "./api-error.ts";
import type { Listed, Selection } from "./client.ts";
import type { Transport } from "./http/transport.ts";
import { pathOf, selectionQuery } from "./paths.ts";
import type { Resource } from "./resources.ts";

/** As kubectl and client-go ask for. */
export const PAGE = 500;
/** Lists that may be begun again because their continuation expired. */
const ATTEMPTS = 3;

interface Page<T> {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[] | null;
}

/**
 * All pages of a list, as of one moment. The continuation of a list expires when etcd is compacted (410); what was
 * read until then is of another moment than the rest would be, so it begins again.
 */
export async function listAll<T>(
  transport: Transport,
  resource: Resource,
  namespace: string,
  selection: Selection,
  page: number,
  signal?: AbortSignal,
): Promise<Listed<T>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await pages();
    } catch (error) {
      const expired = error instanceof ApiError && error.status === 410;
      if (!expired || attempt === ATTEMPTS) throw error;
    }
  }

  async function pages(): Promise<Listed<T>> {
    const items: T[] = [];
    let next: string | undefined;
    for (;;) {
      const query = { ...selectionQuery(selection), limit: page, continue: next };
      const answer = await transport.send({
        method: "GET",
        path: pathOf(resource, namespace, [], query),
        signal,
      });
      const { metadata, items: some } = ((await answer.json()) ?? {}) as Page<T>;
      // An object without either is not a list, whoever sent it: an empty set would be an answer.
      if (typeof metadata?.resourceVersion !== "string" || !(Array.isArray(some) || some === null))
        throw new ConnectionError(`the answer is not a list of ${resource.plural}`);
      items.push(...(some ?? []));
      if (!metadata.continue) return { items, resourceVersion: metadata.resourceVersion };
      next = metadata.continue;
    }
  }
}
