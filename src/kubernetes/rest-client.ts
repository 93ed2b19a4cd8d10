import { ApiError } from "./api-error.ts";
import type { KubernetesClient, WriteOptions } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import { linesOf } from "./http/lines.ts";
import { createTransport, LIMITS, type Limits } from "./http/transport.ts";
import { listAll, PAGE } from "./list.ts";
import { checkName, pathOf, type Query, selectionQuery } from "./paths.ts";
import { pods, type Resource } from "./resources.ts";
import { watchEvents } from "./watch-events.ts";

export interface RestOptions {
  namespace: string;
  /** User-Agent. */
  agent: string;
  limits?: Partial<Limits> | undefined;
  /** Objects a page. */
  page?: number | undefined;
}

const PATCH_TYPES = { merge: "merge-patch", json: "json-patch", strategic: "strategic-merge-patch" } as const;

/** The client over one endpoint. Sends nothing until it is asked to. */
export function createRestClient(endpoint: Endpoint, options: RestOptions): KubernetesClient {
  const limits = { ...LIMITS, ...options.limits };
  const transport = createTransport(endpoint, options.agent, limits);
  const space = (given: { namespace?: string } = {}) => checkName(given.namespace ?? options.namespace);
  const written = (write: WriteOptions): Query => ({ dryRun: write.dryRun ? "All" : undefined });

  async function json<T>(call: Parameters<typeof transport.send>[0]): Promise<T> {
    return (await (await transport.send(call)).json()) as T;
  }

  return {
    server: endpoint.base,
    namespace: options.namespace,

    get: <T>(resource: Resource, name: string, given: { namespace?: string; signal?: AbortSignal } = {}) => {
      const path = pathOf(resource, space(given), [checkName(name)]);
      return unlessAbsent(resource, name, () => json<T>({ method: "GET", path, signal: given.signal }));
    },

    list: (resource, selection = {}, signal) =>
      listAll(transport, resource, space(selection), selection, options.page ?? PAGE, signal),

    async *watch(resource, selection, resourceVersion, signal, opened) {
      const query = {
        ...selectionQuery(selection),
        watch: true,
        resourceVersion,
        allowWatchBookmarks: true,
        // Spread over five minutes, as client-go does, so that not all come again at once.
        timeoutSeconds: Math.floor(300 + Math.random() * 300),
      };
      const path = pathOf(resource, space(selection), [], query);
      const answer = await transport.send({ method: "GET", path, signal });
      opened?.();
      yield* watchEvents(answer.chunks(limits.idle));
    },

    create: (resource, object, write = {}) =>
      json({
        method: "POST",
        path: pathOf(resource, space(write), [], written(write)),
        body: typed(resource, object),
        signal: write.signal,
      }),

    apply: (resource, name, object, write) =>
      json({
        method: "PATCH",
        path: pathOf(resource, space(write), [checkName(name)], {
          ...written(write),
          fieldManager: write.fieldManager,
          force: write.force,
        }),
        // JSON is YAML; older servers know apply by this type only.
        type: "application/apply-patch+yaml",
        body: typed(resource, object),
        signal: write.signal,
      }),

    patch: (resource, name, patch, write = {}) => {
      const parts = [checkName(name), ...(write.subresource === undefined ? [] : [write.subresource])];
      return json({
        method: "PATCH",
        path: pathOf(resource, space(write), parts, written(write)),
        type: `application/${PATCH_TYPES[write.type ?? "merge"]}+json`,
        body: patch,
        signal: write.signal,
      });
    },

    delete: async (resource, name, write = {}) => {
      const gone = await unlessAbsent(resource, name, () =>
        json({
          method: "DELETE",
          path: pathOf(resource, space(write), [checkName(name)], written(write)),
          body: {
            apiVersion: "v1",
            kind: "DeleteOptions",
            propagationPolicy: write.propagation ?? "Background",
            ...(write.uid === undefined ? {} : { preconditions: { uid: write.uid } }),
          },
          signal: write.signal,
        }),
      );
      return gone !== undefined;
    },

    async *logs(pod, log, signal) {
      const query = {
        container: log.container,
        follow: log.follow,
        previous: log.previous,
        tailLines: log.tailLines,
      };
      const path = pathOf(pods, space(log), [checkName(pod), "log"], query);
      const answer = await transport.send({ method: "GET", path, signal });
      // A followed log may be quiet for as long as its program is.
      for await (const { text } of linesOf(answer.chunks(log.follow ? undefined : limits.answer))) yield text;
    },

    close: () => transport.close(),
  };
}

/**
 * Undefined for a 404 about this very object. A 404 about anything else (a path that a proxy does not know, an API
 * that this server does not have) is an error: "there is none" would be an answer.
 */
async function unlessAbsent<T>(
  resource: Resource,
  name: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    // Of a missing API the message is "the server could not find the requested resource", without the name.
    const absent =
      error instanceof ApiError &&
      error.status === 404 &&
      error.reason === "NotFound" &&
      error.message.includes(`${resource.plural}`) &&
      error.message.includes(`"${name}"`);
    if (absent) return undefined;
    throw error;
  }
}

function typed(resource: Resource, object: object): object {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, ...object };
}
