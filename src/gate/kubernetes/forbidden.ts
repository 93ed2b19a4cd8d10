import type { Resource } from "../../kubernetes/resources.ts";

/** A resource that must be listed and watched, all of it or one object. */
export interface Need {
  resource: Resource;
  name?: string;
}

/** Who was refused, as the server names it: `User "system:serviceaccount:app:default" cannot list resource ...`. */
export function refusedUser(message: string): string | undefined {
  return /\bUser "([^"]+)" cannot /.exec(message)?.[1];
}

/**
 * The least rights that a target needs, as YAML that can be applied as it is. All needs of the target stand in one
 * Role: three Roles of one name would replace each other.
 * @param name of Role and RoleBinding.
 * @param user as `refusedUser` gives it.
 */
export function roleFor(
  needs: readonly Need[],
  namespace: string,
  name: string,
  user: string | undefined,
): string[] {
  if (user === "system:anonymous")
    return [
      "# The request was anonymous: no credentials reached the API server, so no Role would help.",
      "# In a pod, see that automountServiceAccountToken is not false.",
    ];
  // A RoleBinding of its own for each account: one of the same name would take the right from another account.
  const binding = `${name}:${accountName(user, namespace)}`;
  return [
    // Begins a document, so that what several targets print can be applied in one piece.
    "---",
    "apiVersion: rbac.authorization.k8s.io/v1",
    "kind: Role",
    `metadata: { name: ${quoted(name)}, namespace: ${quoted(namespace)} }`,
    "rules:",
    ...needs.map(rule),
    "---",
    "apiVersion: rbac.authorization.k8s.io/v1",
    "kind: RoleBinding",
    `metadata: { name: ${quoted(binding)}, namespace: ${quoted(namespace)} }`,
    `roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${quoted(name)} }`,
    "subjects:",
    ...subject(user, namespace),
  ];
}

// A list or a watch is allowed by `resourceNames` when it asks for that name (Kubernetes documentation, "Using RBAC
// Authorization").
function rule({ resource, name }: Need): string {
  const names = name === undefined ? "" : `, resourceNames: [${quoted(name)}]`;
  return `  - { apiGroups: [${quoted(resource.group)}], resources: [${resource.plural}]${names}, verbs: [list, watch] }`;
}

function subject(user: string | undefined, namespace: string): string[] {
  const [, space, account] = /^system:serviceaccount:([^:]+):(.+)$/.exec(user ?? "") ?? [];
  if (space !== undefined)
    return [`  - { kind: ServiceAccount, name: ${quoted(account ?? "")}, namespace: ${quoted(space)} }`];
  if (user !== undefined)
    return [`  - { apiGroup: rbac.authorization.k8s.io, kind: User, name: ${quoted(user)} }`];
  return [
    "  # The server did not say who was refused: put the account of the pod here.",
    `  - { kind: ServiceAccount, name: default, namespace: ${quoted(namespace)} }`,
  ];
}

/** The account as part of a name; of a user or group, whose names may hold anything, a hash. */
function accountName(user: string | undefined, namespace: string): string {
  const [, space, account] = /^system:serviceaccount:([^:]+):(.+)$/.exec(user ?? "") ?? [];
  if (space !== undefined) return space === namespace ? `${account}` : `${space}:${account}`;
  return user === undefined ? "default" : shortHash(user);
}

/**
 * Tells texts apart that cannot stand in a name: FNV-1a of 32 bits (RFC 9923). Nobody gains anything by a collision
 * with himself, and node:crypto would cost a gate 7 MiB.
 */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** A text that YAML cannot take for something else. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
