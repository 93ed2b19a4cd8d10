import { byMembership } from "../cut.ts";
import { type Found, fix, type Rule } from "../rule.ts";

export const attribute: Rule = {
  code: "SA002",
  name: "role-attribute",
  title: "The account has an attribute that reaches beyond its tables",
  what: "The account has CREATEDB, CREATEROLE, REPLICATION or BYPASSRLS, or a membership leads to a role that has one of them.",
  why: "CREATEROLE makes accounts and, before PostgreSQL 16, grants itself every role that is no superuser, the owner of the schema too. CREATEDB fills the disk. REPLICATION copies the whole server. BYPASSRLS reads past row security.",
  fix: "An application needs none of them.",
  example: "ALTER ROLE shop_app NOCREATEDB NOCREATEROLE",
  find(look) {
    const { account } = look.roles;
    const own: Found[] =
      account.attributes.length === 0
        ? []
        : [
            {
              object: `role ${account.sql}`,
              message: `${account.name} has ${account.attributes.join(", ")}`,
              fixes: [
                fix(
                  "revoke",
                  `ALTER ROLE ${account.sql} ${account.attributes.map((one) => `NO${one}`).join(" ")}`,
                ),
              ],
            },
          ];
    return [
      ...own,
      ...byMembership(look, (role, canSet) =>
        canSet && role.attributes.length > 0 ? `it has ${role.attributes.join(", ")}` : undefined,
      ),
    ];
  },
};
