import type { CallTarget } from "../call-targets.ts";
import { type JsonMap, mapAt, mapsAt, textAt } from "../json.ts";
import { verbOf } from "../kubectl.ts";
import type { Look } from "./rule.ts";
import type { Container, ManifestObject } from "./subjects.ts";
import { targets } from "./waiting.ts";

/** What may be done with all objects of a resource, or with one. */
export interface Need {
  readonly group: string;
  readonly resource: string;
  readonly name?: string | undefined;
  readonly verbs: readonly string[];
}

/** What a gate asks of the API server. */
export function needsOf(gate: Container): Need[] {
  const { call } = gate;
  return targets(gate).flatMap((target) =>
    call?.program === "kubectl" ? kubectlNeeds(target, verbOf(call.words)) : sluiceNeeds(target),
  );
}

const RESOURCES: Readonly<Record<string, readonly [group: string, resource: string]>> = {
  Job: ["batch", "jobs"],
  Pod: ["", "pods"],
  Service: ["", "services"],
  Deployment: ["apps", "deployments"],
  StatefulSet: ["apps", "statefulsets"],
  DaemonSet: ["apps", "daemonsets"],
};

/** The same as `sluice wait` says in the Role that it prints. */
function sluiceNeeds({ kind = "", name }: CallTarget): Need[] {
  const verbs = ["list", "watch"];
  const [group, resource] = RESOURCES[kind] ?? [];
  if (group === undefined || resource === undefined) return [];
  const own: Need = { group, resource, name, verbs };
  const also = (more: string): Need => ({ group, resource: more, verbs });
  const pods: Need = { group: "", resource: "pods", verbs };
  if (kind === "Service") return [{ group: "discovery.k8s.io", resource: "endpointslices", verbs }];
  if (kind === "Deployment") return [own, also("replicasets"), pods];
  if (kind === "StatefulSet") return [own, pods];
  return kind === "DaemonSet" ? [own, also("controllerrevisions"), pods] : [own];
}

/** `kubectl wait` gets what it is to wait for, then lists and watches it by its name. */
function kubectlNeeds({ kind = "", name }: CallTarget, verb: string): Need[] {
  const [group, resource] = RESOURCES[kind] ?? [];
  if (group === undefined || resource === undefined) return [];
  const look = name === undefined ? "list" : "get";
  return [{ group, resource, name, verbs: verb === "wait" ? [...new Set([look, "list", "watch"])] : [look] }];
}

/** Whether the input says anything about rights. */
export function knowsRights({ objects, noRights, isLive }: Look): boolean {
  if (isLive) return noRights === undefined;
  return objects.some(({ kind }) => /^(Cluster)?Role(Binding)?$/.test(kind));
}

/**
 * Whether an account may do in a namespace what a gate needs, as far as the input says. A binding to a role that is
 * not in it (the cluster's own `view`) may allow it.
 * @param namespace of the objects; undefined where the input does not say.
 */
export function mayDo(
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
  return need.verbs.every((verb) =>
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
  // A name that a variable holds (`job/$JOB`) may be among them.
  const isNamed =
    !Array.isArray(names) ||
    names.length === 0 ||
    (name !== undefined && (names.includes(name) || name.includes("$")));
  return has("verbs", verb) && has("apiGroups", group) && has("resources", resource) && isNamed;
}
