import { SluiceError } from "../errors.ts";
import { ApiError, ConnectionError } from "../kubernetes/api-error.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import { type ConnectOptions, connectKubernetes } from "../kubernetes/connect.ts";
import {
  daemonSets,
  deployments,
  jobs,
  pods,
  type Resource,
  replicaSets,
  statefulSets,
} from "../kubernetes/resources.ts";
import type { KubernetesObject } from "../kubernetes/types.ts";
import type { Input } from "./input.ts";
import { mapsAt, textAt } from "./json.ts";

const rbac = "rbac.authorization.k8s.io";
const resource = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});
const inCluster = (one: Resource): Resource => ({ ...one, namespaced: false });

/** What must be read, or there is nothing to look at. */
const WORKLOADS: readonly Resource[] = [deployments, statefulSets, daemonSets, jobs, pods];
/** What may be refused or not be there: Argo Rollouts is no part of Kubernetes. */
const MORE: readonly Resource[] = [
  replicaSets,
  resource("", "v1", "replicationcontrollers", "ReplicationController"),
  resource("batch", "v1", "cronjobs", "CronJob"),
  resource("argoproj.io", "v1alpha1", "rollouts", "Rollout"),
  resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
  resource("", "v1", "serviceaccounts", "ServiceAccount"),
];
const RIGHTS: readonly Resource[] = [
  resource(rbac, "v1", "roles", "Role"),
  resource(rbac, "v1", "rolebindings", "RoleBinding"),
  inCluster(resource(rbac, "v1", "clusterroles", "ClusterRole")),
  inCluster(resource(rbac, "v1", "clusterrolebindings", "ClusterRoleBinding")),
];
const namespaces = inCluster(resource("", "v1", "namespaces", "Namespace"));

/** What stands in a namespace, as one input. */
export interface LiveInput {
  readonly input: Input;
  /** Without credentials. */
  readonly server: string;
  readonly namespace: string;
  /** Why the rights could not be read. */
  readonly noRights: string | undefined;
}

/**
 * Lists the objects of a namespace that rules look at. Secrets and ConfigMaps are never read. What a controller has
 * made (pods, ReplicaSets, Jobs of a CronJob) is left out: its owner is looked at.
 * @throws SluiceError SL2074 (exit 69) where the API server cannot be reached, SL2075 (exit 2) where it refuses, SL2076
 * (exit 2) where there is no such namespace.
 */
export async function readNamespace(options: ConnectOptions, signal: AbortSignal): Promise<LiveInput> {
  const client = await connectKubernetes(options);
  try {
    const objects: object[] = [];
    const space = await namespaceOf(client, signal);
    if (space !== undefined) objects.push(typed(space, namespaces));
    for (const one of WORKLOADS) objects.push(...(await needed(client, one, signal)));
    for (const one of MORE) objects.push(...((await optional(client, one, signal)) ?? []));
    const rights = await readRights(client, signal);
    objects.push(...rights.objects);
    const name = `namespace ${client.namespace}`;
    const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    return {
      input: { name, path: undefined, text },
      server: client.server,
      namespace: client.namespace,
      noRights: rights.refused.length === 0 ? undefined : `${rights.refused.join(", ")} may not be listed`,
    };
  } finally {
    client.close();
  }
}

/**
 * Roles and bindings. Of the cluster's only what concerns accounts of this namespace: there may be thousands.
 */
async function readRights(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<{ objects: object[]; refused: string[] }> {
  const refused: string[] = [];
  const lists: object[][] = [];
  for (const one of RIGHTS) {
    const some = await optional(client, one, signal);
    if (some === undefined) refused.push(one.plural);
    lists.push(some ?? []);
  }
  const [roles = [], bindings = [], clusterRoles = [], clusterBindings = []] = lists;
  const concerning = clusterBindings.filter((one) =>
    mapsAt(one, "subjects").some(
      (subject) => subject["kind"] !== "ServiceAccount" || subject["namespace"] === client.namespace,
    ),
  );
  const named = new Set([...bindings, ...concerning].map((one) => textAt(one, "roleRef", "name")));
  const used = clusterRoles.filter((one) => named.has(textAt(one, "metadata", "name")));
  return { objects: [...roles, ...bindings, ...concerning, ...used], refused };
}

/** A namespace that does not exist has nothing in it, and would look as if all were well. */
async function namespaceOf(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const { server, namespace } = client;
  try {
    const found = await client.get<KubernetesObject>(namespaces, namespace, { signal });
    if (found === undefined) throw new SluiceError("SL2076", { params: { namespace, server } });
    return found;
  } catch (cause) {
    if (isRefusal(cause)) return undefined;
    throw unreadable(cause, client, namespaces);
  }
}

async function needed(client: KubernetesClient, one: Resource, signal: AbortSignal): Promise<object[]> {
  try {
    return await ownObjects(client, one, signal);
  } catch (cause) {
    throw unreadable(cause, client, one);
  }
}

/** Nothing where the server does not know the kind, undefined where it refuses. */
async function optional(
  client: KubernetesClient,
  one: Resource,
  signal: AbortSignal,
): Promise<object[] | undefined> {
  try {
    return await ownObjects(client, one, signal);
  } catch (cause) {
    if (isRefusal(cause)) return undefined;
    if (cause instanceof ApiError && cause.status === 404) return [];
    throw unreadable(cause, client, one);
  }
}

async function ownObjects(client: KubernetesClient, one: Resource, signal: AbortSignal): Promise<object[]> {
  const { items } = await client.list<KubernetesObject>(one, {}, signal);
  return items.filter((item) => !isMade(item)).map((item) => typed(item, one));
}

function isRefusal(cause: unknown): boolean {
  return cause instanceof ApiError && cause.status === 403;
}

function unreadable(cause: unknown, { server, namespace }: KubernetesClient, { plural }: Resource): unknown {
  if (!(cause instanceof ApiError || cause instanceof ConnectionError)) return cause;
  const reason = cause.message;
  if (cause instanceof ConnectionError || cause.status >= 500 || cause.status === 429)
    return new SluiceError("SL2074", { params: { server, reason }, cause });
  return new SluiceError("SL2075", { params: { what: plural, namespace, reason }, cause });
}

/** Items of a list leave out what they are (Kubernetes API conventions, "Lists are named kinds"). */
function typed(item: KubernetesObject, { group, version, kind }: Resource): object {
  const { managedFields: _, ...metadata } = item.metadata as KubernetesObject["metadata"] & {
    managedFields?: unknown;
  };
  const { status: __, ...rest } = item as KubernetesObject & { status?: unknown };
  return { ...rest, apiVersion: group === "" ? version : `${group}/${version}`, kind, metadata };
}

function isMade({ metadata }: KubernetesObject): boolean {
  return metadata.ownerReferences?.some(({ controller }) => controller === true) ?? false;
}
