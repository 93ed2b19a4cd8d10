import { type Fix, fix } from "./rule.ts";

/** One grant as an access control list has it; names as SQL writes them, PUBLIC for everybody. */
export interface Grant {
  grantee: string;
  /** Undefined where the owner granted it. */
  grantor: string | undefined;
  privileges: string[];
  /** The grantee has granted it on. */
  grantedOn: boolean;
}

/**
 * What takes a grant away. A REVOKE only reaches what its own role granted, and it acts as the owner for everybody who
 * may act as the owner (manual, REVOKE, notes), so another grantor's must be sent as that role.
 * @param object with its kind: `TABLE public.orders`.
 */
export function revoke(object: string, grant: Grant): Fix {
  const cascade = grant.grantedOn ? " CASCADE" : "";
  const sql = `REVOKE ${grant.privileges.join(", ")} ON ${object} FROM ${grant.grantee}${cascade}`;
  return fix("revoke", grant.grantor === undefined ? sql : `SET ROLE ${grant.grantor}; ${sql}; RESET ROLE`);
}

/** "PUBLIC has CREATE; shop_group has CREATE", for a message. */
export function describeGrants(grants: readonly Grant[]): string {
  return grants.map(({ grantee, privileges }) => `${grantee} has ${privileges.join(", ")}`).join("; ");
}
