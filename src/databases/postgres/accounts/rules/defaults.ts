import { literal } from "../../sql.ts";
import type { Look } from "../look.ts";
import { type Found, fix, type Rule } from "../rule.ts";
import { list, oids } from "../sql-parts.ts";
import { DESTRUCTIVE } from "./privileges.ts";

export const destructiveDefault: Rule = {
  code: "SA012",
  name: "destructive-default",
  title: "The next tables will let the account do more than read and write rows",
  what: "Default privileges of a role that migrates grant TRUNCATE, TRIGGER, REFERENCES or MAINTAIN on tables, or CREATE on schemas, to the account, a role that it is a member of, or PUBLIC.",
  why: "What is revoked from the tables of today comes back with each table of tomorrow.",
  fix: "Take it out of the default privileges too. They belong to the role that creates the object, hence FOR ROLE.",
  example:
    "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA public REVOKE TRUNCATE ON TABLES FROM shop_app",
  async find(look) {
    const { account, danger } = look.roles;
    const [rows] = await look.session.query(
      `select quote_ident(r.rolname), quote_ident(n.nspname), d.defaclobjtype,
              case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
              string_agg(distinct x.privilege_type, ',')
         from pg_catalog.pg_default_acl d join pg_catalog.pg_roles r on r.oid = d.defaclrole
         left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
        cross join lateral pg_catalog.aclexplode(d.defaclacl) x
        where x.grantee = any (${oids(danger)}) and x.grantee <> d.defaclrole and d.defaclrole <> ${account.oid}
          and (d.defaclobjtype = 'r' and x.privilege_type = any (${literal(DESTRUCTIVE)})
            or d.defaclobjtype = 'n' and x.privilege_type = 'CREATE')
        group by 1, 2, 3, 4 order by 1, 2 nulls first, 3, 4`,
    );
    return (rows ?? []).map(([role, schema, type, grantee, held]): Found => {
      const kind = type === "n" ? "SCHEMAS" : "TABLES";
      const privileges = [...DESTRUCTIVE, "CREATE"].filter((one) => list(held).includes(one)).join(", ");
      const where = schema === null || schema === undefined ? "" : ` IN SCHEMA ${schema}`;
      return {
        object: `default privileges of ${role}${where === "" ? "" : ` in schema ${schema}`}`,
        message: `${grantee} will have ${privileges} on the next ${kind.toLowerCase()} that ${role} creates`,
        fixes: [
          fix(
            "revoke",
            `ALTER DEFAULT PRIVILEGES FOR ROLE ${role}${where} REVOKE ${privileges} ON ${kind} FROM ${grantee}`,
          ),
        ],
      };
    });
  },
};

export const missingDefault: Rule = {
  code: "SA025",
  name: "no-default-privileges",
  title: "The next tables will be out of the account's reach",
  what: "The default privileges of a role that migrates do not grant SELECT, INSERT, UPDATE and DELETE on tables, or USAGE on sequences, in a schema that the application works in. Looked at are the owners of its tables and of the history, as far as they may create there, or the role of `--migrator`.",
  why: "The next migration creates a table, its gates open, and the new version answers every request with `permission denied`. Nobody sees it before, for a test database has one account.",
  fix: "Set default privileges, once for each role that creates tables: they only hold for what that role itself creates, hence FOR ROLE. With `--role` that is the role, not the login.",
  example:
    "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop_app",
  async find(look) {
    const { account } = look.roles;
    const found: Found[] = [];
    for (const { migrator, schema, held } of await defaultsOf(look)) {
      const wanted = [
        { kind: "TABLES", type: "r", privileges: ["SELECT", "INSERT", "UPDATE", "DELETE"] },
        { kind: "SEQUENCES", type: "S", privileges: ["USAGE"] },
      ];
      const missing = wanted
        .map(({ kind, type, privileges }) => ({
          kind,
          lacking: privileges.filter((one) => !held.has(`${type} ${one}`)),
        }))
        .filter(({ lacking }) => lacking.length > 0);
      if (missing.length === 0) continue;
      const lacks = missing.map(({ kind, lacking }) => `${lacking.join(", ")} on ${kind.toLowerCase()}`);
      found.push({
        object: `default privileges of ${migrator} in schema ${schema}`,
        message: `what ${migrator} creates next will lack ${lacks.join(" and ")} for ${account.name}`,
        fixes: missing.map(({ kind, lacking }) =>
          fix(
            "defaults",
            `ALTER DEFAULT PRIVILEGES FOR ROLE ${migrator} IN SCHEMA ${schema} GRANT ${lacking.join(", ")} ON ${kind} TO ${account.sql}`,
          ),
        ),
      });
    }
    return found;
  },
};

/** For each migrating role and schema that it may create in: what the account will have on its next objects. */
async function defaultsOf(
  look: Look,
): Promise<{ migrator: string; schema: string; held: ReadonlySet<string> }[]> {
  const { migrators, schemas, roles, owner } = look;
  const present = migrators.filter(({ oid }) => oid !== "");
  const [rows] = await look.session.query(
    `select quote_ident(r.rolname), quote_ident(n.nspname),
            array_to_string(array(select distinct d.defaclobjtype::text || ' ' || x.privilege_type
              from pg_catalog.pg_default_acl d cross join lateral pg_catalog.aclexplode(d.defaclacl) x
              where d.defaclrole = r.oid and d.defaclnamespace in (0, n.oid) and x.grantee = any (${oids(roles.effective)})), ',')
       from pg_catalog.pg_roles r cross join pg_catalog.pg_namespace n
      where r.oid = any (${oids(present.map(({ oid }) => oid))}) and n.oid = any (${oids(schemas.map(({ oid }) => oid))})
        and (pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE') or r.oid::text = ${literal(owner.oid)})
      order by 1, 2`,
  );
  const made = migrators.filter(({ oid }) => oid === "");
  return [
    ...(rows ?? []).map(([migrator, schema, held]) => ({
      migrator: migrator ?? "",
      schema: schema ?? "",
      held: new Set(list(held)),
    })),
    ...made.flatMap(({ sql }) =>
      schemas.map((schema) => ({ migrator: sql, schema: schema.sql, held: new Set<string>() })),
    ),
  ];
}
