import type { CallTarget } from "../call.ts";
import { type JsonMap, mapAt, mapsAt, textAt } from "../json.ts";
import type { Look } from "./rule.ts";
import type { ManifestObject } from "./subjects.ts";

/** What must be listed and watched, all of it or one object. */
export interface Need {
  readonly group: string;
  readonly resource: string;
  readonly name?: string | undefined;
}

/** What a gate asks of the API server for a target; the same as `sluice wait` says in the Role that it prints. */
export function needsOf({ kind, name }: CallTarget): Need[] {
  const pods: Need = { group: "", resource: "pods" };
  switch (kind) {
    case "Job":
      return [{ group: "batch", resource: "jobs", name }];
    case "Pod":
      return [{ ...pods, name }];
    case "Service":
      return [{ group: "discovery.k8s.io", resource: "endpointslices" }];
    case "Deployment":
      return [
        { group: "apps", resource: "deployments", name },
        { group: "apps", resource: "replicasets" },
        pods,
      ];
    case "StatefulSet":
      return [{ group: "apps", resource: "statefulsets", name }, pods];
    case "DaemonSet":
      return [
        { group: "apps", resource: "daemonsets", name },
        { group: "apps", resource: "controllerrevisions" },
        pods,
      ];
    default:
      return [];
  }
}

/** Whether the input says anything about rights. */
export function knowsRights({ objects, noRights, isLive }: Look): boolean {
  if (isLive) return noRights === undefined;
  return objects.some(({ kind }) => /^(Cluster)?Role(Binding)?$/.test(kind));
}

/**
 * Whether an account may list and watch something in a namespace, as far as the input says. A binding to a role that is
 * not in it (the cluster's own `view`) may allow it.
 * @param namespace of the objects; undefined where the input does not say.
 */
export function mayWatch(
  { objects }: Look,
  account: { name: string; namespace: string | undefined },
  namespace: string | undefined,
  need: Need,
): boolean {
  const bindings = objects.filter(
    (one) =>
      (one.kind === "ClusterRoleBinding" ||
        (one.kind === "RoleBinding" && (namespace ?? one.namespace) === (one.namespace ?? namespace))) &&
      mapsAt(one.object, "subjects").some((subject) => isSubject(subject, account, one)),
  );
  return ["list", "watch"].every((verb) =>
    bindings.some((binding) => {
      const role = roleOf(objects, binding);
      return role === undefined || mapsAt(role.object, "rules").some((rule) => allows(rule, verb, need));
    }),
  );
}

function isSubject(
  subject: JsonMap,
  account: { name: string; namespace: string | undefined },
  binding: ManifestObject,
): boolean {
  const name = textAt(subject, "name");
  if (subject["kind"] === "ServiceAccount") {
    const space = textAt(subject, "namespace") ?? binding.namespace;
    return name === account.name && (space ?? account.namespace) === (account.namespace ?? space);
  }
  if (subject["kind"] === "User")
    return name === `system:serviceaccount:${account.namespace ?? "default"}:${account.name}`;
  // Kubernetes documentation, "Using RBAC Authorization": the groups of every ServiceAccount.
  return (
    name === "system:authenticated" ||
    name === "system:serviceaccounts" ||
    (name?.startsWith("system:serviceaccounts:") === true &&
      (account.namespace === undefined || name === `system:serviceaccounts:${account.namespace}`))
  );
}

function roleOf(objects: readonly ManifestObject[], binding: ManifestObject): ManifestObject | undefined {
  const reference = mapAt(binding.object, "roleRef");
  const found = objects.find(
    (one) =>
      one.kind === reference["kind"] &&
      one.name === reference["name"] &&
      (one.kind === "ClusterRole" ||
        (one.namespace ?? binding.namespace) === (binding.namespace ?? one.namespace)),
  );
  // Its rules are written by a controller, from those of other roles.
  return found?.object["aggregationRule"] === undefined ? found : undefined;
}

function allows(rule: JsonMap, verb: string, { group, resource, name }: Need): boolean {
  const has = (key: string, word: string) => {
    const list = rule[key];
    return Array.isArray(list) && (list.includes(word) || list.includes("*"));
  };
  const names = rule["resourceNames"];
  const isNamed = !Array.isArray(names) || names.length === 0 || (name !== undefined && names.includes(name));
  return has("verbs", verb) && has("apiGroups", group) && has("resources", resource) && isNamed;
}
