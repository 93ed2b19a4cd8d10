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
 * @throws SluiceError SL2074 (exit 69) where the API server cannot be reached, SL2075 (exit 2) where it refuses.
 */
export async function readNamespace(options: ConnectOptions, signal: AbortSignal): Promise<LiveInput> {
  const client = await connectKubernetes(options);
  try {
    const objects: object[] = [];
    for (const one of WORKLOADS) objects.push(...(await listed(client, one, signal)));
    for (const one of MORE) objects.push(...((await optional(client, one, signal)) ?? []));
    const space = await allowed(
      client.get<KubernetesObject>(namespaces, client.namespace, { signal }),
      client,
    );
    if (space !== undefined && space !== "refused") objects.push(typed(space, namespaces));
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

async function listed(client: KubernetesClient, one: Resource, signal: AbortSignal): Promise<object[]> {
  const some = await allowed(client.list<KubernetesObject>(one, {}, signal), client, one);
  if (some === "refused") throw new Error("unreachable: a refusal of a workload is thrown");
  return some.items.filter((item) => !isMade(item)).map((item) => typed(item, one));
}

/** Undefined where it is refused; nothing where the server does not know the kind. */
async function optional(
  client: KubernetesClient,
  one: Resource,
  signal: AbortSignal,
): Promise<object[] | undefined> {
  const some = await allowed(client.list<KubernetesObject>(one, {}, signal), client);
  if (some === "refused") return undefined;
  return some.items.filter((item) => !isMade(item)).map((item) => typed(item, one));
}

/** @param needed the resource whose refusal is an error; without it a refusal is an answer. */
async function allowed<T>(
  asked: Promise<T>,
  client: KubernetesClient,
  needed?: Resource,
): Promise<T | "refused"> {
  try {
    return await asked;
  } catch (cause) {
    const { server, namespace } = client;
    if (!(cause instanceof ApiError || cause instanceof ConnectionError)) throw cause;
    if (cause instanceof ConnectionError || cause.status >= 500 || cause.status === 429)
      throw new SluiceError("SL2074", { params: { server, reason: cause.message }, cause });
    if (needed === undefined && cause.status === 404) return { items: [] } as T;
    if (needed === undefined && cause.status === 403) return "refused";
    throw new SluiceError("SL2075", {
      params: { what: needed?.plural ?? "objects", namespace, reason: cause.message },
      cause,
    });
  }
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
