import type { Look } from "./look.ts";
import type { Membership } from "./roles.ts";
import { type Fix, type Found, fix } from "./rule.ts";

/**
 * What ends a membership. From PostgreSQL 16 on each grantor's grant is one of its own, and a REVOKE that does not name
 * the grantor only warns where it was another's (manual, REVOKE).
 */
function leave(look: Look, membership: Membership): Fix[] {
  const { account } = look.roles;
  const end = `REVOKE ${membership.role.sql} FROM ${account.sql}`;
  if (look.version < 160000) return [fix("revoke", end)];
  return membership.edges.map(({ grantor, grantedOn }) =>
    fix("revoke", `${end} GRANTED BY ${grantor}${grantedOn ? " CASCADE" : ""}`),
  );
}

/**
 * A finding for each membership by which the account comes to a role that something holds for.
 * @param what of such a role: "a superuser"; undefined where nothing holds.
 */
export function byMembership(
  look: Look,
  what: (role: Membership["role"], canSet: boolean) => string | undefined,
): Found[] {
  return look.roles.cut.flatMap((membership) => {
    const reasons = membership.reached.flatMap(({ role, canSet }) => {
      const text = what(role, canSet);
      if (text === undefined) return [];
      return [role === membership.role ? text : `comes to ${role.name} by it: ${text}`];
    });
    if (reasons.length === 0) return [];
    return [
      {
        object: `role ${membership.role.sql}`,
        message: `${look.roles.account.name} is a member of ${membership.role.name}: ${reasons.join("; ")}`,
        fixes: leave(look, membership),
      },
    ];
  });
}
