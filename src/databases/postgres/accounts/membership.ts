/** One role, as pg_roles shows it to everybody. */
export interface Role {
  oid: string;
  name: string;
  /** The name as SQL writes it. */
  sql: string;
  superuser: boolean;
  /** The attributes that reach beyond tables, as ALTER ROLE writes them. Only SET ROLE takes them, no inheritance. */
  attributes: string[];
}

/** `member` is a member of `role`. Before PostgreSQL 16 `set` is always true and `inherit` belongs to the member. */
export interface Edge {
  role: string;
  member: string;
  inherit: boolean;
  set: boolean;
  admin: boolean;
  /** As SQL writes it. */
  grantor: string;
  /** The member has granted the role to others, which ends with its own membership (16 and later). */
  grantedOn: boolean;
}

type Step = Pick<Edge, "role" | "member" | "inherit" | "set" | "admin">;

/**
 * What an account comes to by memberships: each role, and whether the account can become it (true) or only has its
 * privileges (false). As the server does it (src/backend/utils/adt/acl.c, roles_is_member_of): SET ROLE follows grants
 * with SET alone, inheritance those with INHERIT alone, from the role that the session acts as. Who has ADMIN on a role
 * can grant it to itself, with SET.
 * @param first the memberships to begin with.
 */
export function reach(edges: readonly Step[], first: readonly Step[]): Map<string, boolean> {
  const found = new Map<string, boolean>();
  const queue: [role: string, canSet: boolean][] = [];
  const visit = (role: string, canSet: boolean) => {
    if (found.get(role) === true || (found.has(role) && !canSet)) return;
    found.set(role, canSet);
    queue.push([role, canSet]);
  };
  const follow = (edge: Step, canSet: boolean) => {
    if (edge.admin || (edge.set && canSet)) visit(edge.role, true);
    if (edge.inherit) visit(edge.role, false);
  };
  for (const edge of first) follow(edge, true);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [role, canSet] = next;
    for (const edge of edges) if (edge.member === role) follow(edge, canSet);
  }
  return found;
}

/** The roles whose privileges the account has without doing anything. */
export function inherited(edges: readonly Step[], first: readonly Step[]): Set<string> {
  const only = (list: readonly Step[]): Step[] =>
    list.filter((edge) => edge.inherit).map((edge) => ({ ...edge, set: false, admin: false }));
  return new Set(reach(only(edges), only(first)).keys());
}
