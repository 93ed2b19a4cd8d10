import { byMembership } from "../cut.ts";
import { type Found, fix, type Rule } from "../rule.ts";

/** The superuser that initdb made; the server refuses to demote it. */
export const BOOTSTRAP = "10";

export const superuser: Rule = {
  code: "SA001",
  name: "superuser",
  title: "The account is a superuser, or can become one",
  what: "The account has the attribute SUPERUSER, or a membership (with SET or ADMIN) leads to a role that has it.",
  why: "No right is checked for a superuser: it drops and empties every table, changes every account, and may run programs on the server. One injected statement in the application is enough.",
  fix: "Take the attribute or the membership away and grant what the application uses. The superuser that the server was made with cannot be demoted: give the application an account of its own, as [the guide](../guides/accounts.md) does.",
  example: "ALTER ROLE shop_app NOSUPERUSER",
  find(look) {
    const { account } = look.roles;
    const own: Found[] = [];
    if (account.oid === BOOTSTRAP)
      own.push({
        object: `role ${account.sql}`,
        message: `${account.name} is the superuser that this server was made with: the application needs an account of its own`,
        fixes: [],
      });
    else if (account.superuser)
      own.push({
        object: `role ${account.sql}`,
        message: `${account.name} is a superuser`,
        fixes: [fix("revoke", `ALTER ROLE ${account.sql} NOSUPERUSER`)],
      });
    return [
      ...own,
      ...byMembership(look, (role, canSet) => (canSet && role.superuser ? "a superuser" : undefined)),
    ];
  },
};
