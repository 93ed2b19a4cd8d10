import type { Resource } from "./resources.ts";

/** Which objects of a resource: all of a namespace unless told. */
export interface Selection {
  /** The client's own namespace unless told. */
  namespace?: string;
  /**
   * Exactly this name. A list or watch sends it as the field selector metadata.name, which is the only one for which
   * a rule with `resourceNames` allows them (Kubernetes documentation, "Using RBAC Authorization").
   */
  name?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface Listed<T> {
  items: T[];
  /** Where a watch goes on. */
  resourceVersion: string;
}

/** One line of a watch. A bookmark's object has only its resourceVersion. */
export type WatchEvent<T> =
  | { type: "ADDED" | "MODIFIED" | "DELETED"; object: T }
  | { type: "BOOKMARK"; object: { metadata: { resourceVersion: string } } };

export interface LogOptions {
  namespace?: string;
  container?: string;
  follow?: boolean;
  previous?: boolean;
  tailLines?: number;
}

export interface WriteOptions {
  namespace?: string;
  /** The server checks and answers, and keeps nothing. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

/**
 * A thin client of the API server. What the server answers other than 2xx is an ApiError, what never reached it a
 * ConnectionError (errors of this folder); a configuration that cannot be used is a SluiceError.
 */
export interface KubernetesClient {
  /** Without credentials, for messages: "https://10.0.0.1:443". */
  readonly server: string;
  /** Of the pod, or of the kubeconfig's context, else "default". */
  readonly namespace: string;
  /** Undefined where there is none of that name. */
  get<T>(
    resource: Resource,
    name: string,
    options?: { namespace?: string; signal?: AbortSignal },
  ): Promise<T | undefined>;
  /** All pages. */
  list<T>(resource: Resource, selection?: Selection, signal?: AbortSignal): Promise<Listed<T>>;
  /**
   * One connection. Ends when the server ends it; throws ApiError (410 when the resourceVersion is too old, also
   * where it comes as an ERROR event) or ConnectionError (reset, torn, nothing for too long). `observe` goes on.
   * @param opened called when the server has agreed to the watch, perhaps long before its first event.
   */
  watch<T>(
    resource: Resource,
    selection: Selection,
    resourceVersion: string,
    signal: AbortSignal,
    opened?: () => void,
  ): AsyncIterable<WatchEvent<T>>;
  create<T extends object>(resource: Resource, object: T, options?: WriteOptions): Promise<T>;
  /** Server-side apply. */
  apply<T extends object>(
    resource: Resource,
    name: string,
    object: T,
    options: WriteOptions & { fieldManager: string; force?: boolean },
  ): Promise<T>;
  /** @param type "merge" (RFC 7386), "json" (RFC 6902) or "strategic". */
  patch<T>(
    resource: Resource,
    name: string,
    patch: unknown,
    options?: WriteOptions & { type?: "merge" | "json" | "strategic"; subresource?: string },
  ): Promise<T>;
  /** False where there was none of that name. */
  delete(
    resource: Resource,
    name: string,
    options?: WriteOptions & { propagation?: "Background" | "Foreground" | "Orphan"; uid?: string },
  ): Promise<boolean>;
  /** Lines of a container's log. */
  logs(pod: string, options: LogOptions, signal: AbortSignal): AsyncIterable<string>;
  close(): void;
}
