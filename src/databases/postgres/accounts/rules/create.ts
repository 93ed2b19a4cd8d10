import type { Look } from "../look.ts";
import { describeGrants, type Grant, revoke } from "../revoke.ts";
import { type Fix, type Found, fix, type Rule } from "../rule.ts";
import { OWN_SCHEMA, oids } from "../sql-parts.ts";

export const createInSchema: Rule = {
  code: "SA008",
  name: "create-in-schema",
  title: "The account may create objects in a schema",
  what: "The account, a role that it is a member of, or PUBLIC has CREATE on a schema. Up to PostgreSQL 14 PUBLIC has it on the schema `public` of every database.",
  why: "What the application creates it owns, so the schema is no longer made by migrations alone: a migration meets a table that is there already, or a function that hides one of its own.",
  fix: "Take CREATE away, from PUBLIC too, and leave USAGE. The role that migrates gets CREATE by its own name first, where it only had it as part of PUBLIC.",
  example: "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
  async find(look) {
    const found = await granted(
      look,
      `select 'SCHEMA ' || quote_ident(n.nspname), n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
         from pg_catalog.pg_namespace n where ${OWN_SCHEMA}`,
    );
    const needy = await creatorsByPublic(look);
    return found.map((one) => ({
      ...one,
      fixes: [
        ...needy
          .filter(({ object }) => object === one.object)
          .map(({ role }) => fix("prepare", `GRANT CREATE ON ${upper(one.object)} TO ${role}`)),
        ...one.fixes,
      ],
    }));
  },
};

export const createInDatabase: Rule = {
  code: "SA009",
  name: "create-in-database",
  title: "The account may create schemas in the database",
  what: "The account, a role that it is a member of, or PUBLIC has CREATE on the database.",
  why: "It may create schemas and install trusted extensions, and owns what it creates. A schema with the account's own name comes first in the default search_path, so a table in it hides the one that was meant.",
  fix: "Take CREATE on the database away. CONNECT and TEMPORARY stay.",
  example: "REVOKE CREATE ON DATABASE shop FROM shop_app",
  find: (look) =>
    granted(
      look,
      `select 'DATABASE ' || quote_ident(d.datname), d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
         from pg_catalog.pg_database d where d.datname = current_database()`,
    ),
};

/** CREATE as it was granted, to others than the owner. `objects` gives kind and name, owner and access control list. */
async function granted(look: Look, objects: string): Promise<Found[]> {
  const [rows] = await look.session.query(
    `select o.object, case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
            case when x.grantor <> o.owner then quote_ident(pg_catalog.pg_get_userbyid(x.grantor)) end,
            exists (select from pg_catalog.aclexplode(o.acl) y where y.grantor = x.grantee and x.grantee <> 0
              and y.privilege_type = 'CREATE')
       from (${objects}) o(object, owner, acl) cross join lateral pg_catalog.aclexplode(o.acl) x
      where x.privilege_type = 'CREATE' and x.grantee = any (${oids(look.roles.danger)}) and x.grantee <> o.owner
      order by 1, 2`,
  );
  const objectsFound = new Map<string, Grant[]>();
  for (const [object, grantee, grantor, grantedOn] of rows ?? []) {
    const grants = objectsFound.get(object ?? "") ?? [];
    grants.push({
      grantee: grantee ?? "",
      grantor: grantor ?? undefined,
      privileges: ["CREATE"],
      grantedOn: grantedOn === "t",
    });
    objectsFound.set(object ?? "", grants);
  }
  return [...objectsFound].map(([object, grants]) => ({
    object: lower(object),
    message: `${look.roles.account.name} may create objects in it: ${describeGrants(grants)}`,
    fixes: grants.map((grant): Fix => revoke(object, grant)),
  }));
}

/** Migrating roles that may create in a schema only as part of PUBLIC. */
async function creatorsByPublic(look: Look): Promise<{ object: string; role: string }[]> {
  const present = look.migrators.filter(({ oid }) => oid !== "").map(({ oid }) => oid);
  const [rows] = await look.session.query(
    `select 'SCHEMA ' || quote_ident(n.nspname), quote_ident(r.rolname)
       from pg_catalog.pg_namespace n cross join pg_catalog.pg_roles r
      where ${OWN_SCHEMA} and r.oid = any (${oids(present)}) and n.oid = any (${oids(look.schemas.map(({ oid }) => oid))})
        and not r.rolsuper and not pg_catalog.pg_has_role(r.oid, n.nspowner, 'USAGE')
        and not exists (select from pg_catalog.aclexplode(n.nspacl) x where x.privilege_type = 'CREATE'
          and x.grantee <> 0 and pg_catalog.pg_has_role(r.oid, x.grantee, 'USAGE'))`,
  );
  return (rows ?? []).map(([object, role]) => ({ object: lower(object ?? ""), role: role ?? "" }));
}

function lower(object: string): string {
  return object.replace(/^[A-Z]+/, (kind) => kind.toLowerCase());
}

function upper(object: string): string {
  return object.replace(/^[a-z]+/, (kind) => kind.toUpperCase());
}
