import { byMembership } from "../cut.ts";
import { POWERFUL } from "../roles.ts";
import type { Rule } from "../rule.ts";

export const powerfulRole: Rule = {
  code: "SA003",
  name: "powerful-role",
  title: "The account is a member of a predefined role with power over the server",
  what: `A membership leads to one of ${Object.entries(POWERFUL)
    .map(([name, what]) => `\`${name}\` (${what})`)
    .join(", ")}.`,
  why: "These roles pass by the grants on single tables, so what the grants say of the account is not true. With `pg_write_all_data` it writes the history, and a gate opens on what it wrote.",
  fix: "End the membership, and grant what the application uses by table. `pg_read_all_data` and `pg_monitor` change nothing and are left alone.",
  example: "REVOKE pg_write_all_data FROM shop_app",
  find: (look) =>
    byMembership(look, (role) => (role.name in POWERFUL ? `it may ${POWERFUL[role.name]}` : undefined)),
};
