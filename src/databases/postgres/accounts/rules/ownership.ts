import { byMembership } from "../cut.ts";
import type { Look } from "../look.ts";
import type { Owned } from "../roles.ts";
import { type Fix, type Found, fix, type Rule } from "../rule.ts";

export const databaseOwner: Rule = {
  code: "SA004",
  name: "owns-database",
  title: "The account owns the database",
  what: "The account is the owner of the database it connects to.",
  why: "The owner may drop the database, rename it, change its settings for everybody and create schemas. From PostgreSQL 15 on it also owns the schema `public` (as `pg_database_owner`), and so may drop every table in it.",
  fix: "Give the database to the role that owns the schema.",
  example: "ALTER DATABASE shop OWNER TO shop_owner",
  find(look) {
    const { account, databaseOwner: owner } = look.roles;
    if (owner !== account.oid) return [];
    return [
      {
        object: `database ${look.database}`,
        message: `${account.name} owns the database`,
        fixes: [...prepare(look), fix("own", `ALTER DATABASE ${look.database} OWNER TO ${look.owner.sql}`)],
      },
    ];
  },
};

export const schemaOwner: Rule = {
  code: "SA005",
  name: "owns-schema",
  title: "The account owns a schema",
  what: "The account is the owner of a schema of this database.",
  why: "The owner of a schema may drop it with everything in it, also with the tables of others, and create objects in it.",
  fix: "Give the schema to the role that migrates it, and leave USAGE to the application.",
  example: "ALTER SCHEMA shop OWNER TO shop_owner",
  find: (look) => handOver(look, ({ type }) => type === "schema"),
};

export const objectOwner: Rule = {
  code: "SA006",
  name: "owns-object",
  title: "The account owns what it uses",
  what: "The account is the owner of a table, view, sequence, function, type or any other object of this database. The sequence of a column goes with its table.",
  why: "The owner may always DROP, ALTER and TRUNCATE: no REVOKE takes that away. An application that owns its tables can be made to drop them, and its old version can change the schema under the new one.",
  fix: "Give the object to the role that migrates the schema, then grant the application what it uses. A change of the owner needs a superuser, or a member of both roles; the old owner's rights go to the new one, so the grants come after it.",
  example: "ALTER TABLE public.orders OWNER TO shop_owner",
  find: (look) => handOver(look, ({ type }) => type !== "schema"),
};

export const memberOfOwner: Rule = {
  code: "SA007",
  name: "member-of-owner",
  title: "The account is a member of a role that owns what it uses",
  what: "A membership leads to a role that owns the database, a schema or an object of it: by inheritance, by SET ROLE, or by ADMIN, with which the account can grant the role to itself.",
  why: "Members act as the owner, so they may drop, alter and empty what it owns. `NOINHERIT` is no protection: it is one SET ROLE away.",
  fix: "End the membership. What the application used by it is granted before.",
  example: "REVOKE shop_owner FROM shop_app",
  find: (look) =>
    byMembership(look, (role) => {
      const objects = look.roles.owned.filter(({ owner }) => owner === role.oid);
      const counts = new Map<string, number>();
      for (const { type } of objects) counts.set(type, (counts.get(type) ?? 0) + 1);
      const parts = [...counts].map(([type, count]) => `${count} ${type}${count === 1 ? "" : "s"}`);
      if (look.roles.databaseOwner === role.oid) parts.unshift("the database");
      return parts.length === 0 ? undefined : `it owns ${parts.join(", ")}`;
    }),
};

function handOver(look: Look, which: (one: Owned) => boolean): Found[] {
  const { account, owned } = look.roles;
  return owned
    .filter((one) => one.owner === account.oid && which(one))
    .map((one) => ({
      object: `${one.type} ${one.object}`,
      message: `${account.name} owns it and may ALTER and DROP it`,
      fixes: [...prepare(look), fix("own", changeOwner(look, one))],
    }));
}

/** A role that has still to be made also needs to work in the schemas. */
function prepare(look: Look): Fix[] {
  const { owner, schemas, roles } = look;
  if (owner.oid !== "") return [];
  const mine = roles.owned.filter((one) => one.owner === roles.account.oid && one.type === "schema");
  const others = schemas.filter(({ sql }) => !mine.some(({ object }) => object === sql));
  return [
    fix("prepare", `CREATE ROLE ${owner.sql} NOLOGIN`),
    ...others.map(({ sql }) => fix("prepare", `GRANT USAGE, CREATE ON SCHEMA ${sql} TO ${owner.sql}`)),
  ];
}

/** ALTER writes some kinds otherwise than pg_identify_object names them. */
const KINDS: Readonly<Record<string, string>> = {
  function: "ROUTINE",
  procedure: "ROUTINE",
  aggregate: "ROUTINE",
  "statistics object": "STATISTICS",
};

function changeOwner(look: Look, { type, object }: Owned): string {
  // ALTER EXTENSION knows no OWNER; this is the only statement that changes it, and it takes along what else there is.
  if (type === "extension") return `REASSIGN OWNED BY ${look.roles.account.sql} TO ${look.owner.sql}`;
  return `ALTER ${KINDS[type] ?? type.toUpperCase()} ${object} OWNER TO ${look.owner.sql}`;
}
