import type { Session } from "../session.ts";
import { literal } from "../sql.ts";
import { type Edge, inherited, type Role, reach } from "./membership.ts";
import { list, oids } from "./sql-parts.ts";

/** Something that a role owns in this database. */
export interface Owned {
  owner: string;
  /** As pg_identify_object names kinds: table, sequence, function, schema, ... */
  type: string;
  /** As SQL writes it. */
  object: string;
}

/** A direct membership of the account that brings more than privileges. */
export interface Membership {
  role: Role;
  edges: Edge[];
  /** Roles that it leads to, itself included, and whether the account can become them. */
  reached: { role: Role; canSet: boolean }[];
}

/** What the account is and comes to. */
export interface Roles {
  account: Role;
  all: Map<string, Role>;
  owned: Owned[];
  databaseOwner: string;
  /** Memberships that go: by them the account owns something or has power over the server. */
  cut: Membership[];
  /** Oids whose grants the account can use, once these are gone: itself, PUBLIC, and what it is left a member of. */
  danger: string[];
  /** As `danger`, but without SET ROLE. */
  effective: string[];
  /** Oids whose grants the account can use today without SET ROLE. */
  now: string[];
}

/** Predefined roles that reach beyond the grants of this database, and what they allow (manual 21.5). */
export const POWERFUL: Readonly<Record<string, string>> = {
  pg_write_all_data: "write every table, the history too",
  pg_maintain: "lock and rewrite every table",
  pg_execute_server_program: "run programs on the server",
  pg_write_server_files: "write files on the server",
  pg_read_server_files: "read files on the server",
  pg_signal_backend: "end other sessions, the runner's too",
  pg_create_subscription: "write any table through a subscription",
};

/** Reads the account, what it can become, and what these own. @returns undefined where there is no such role. */
export async function readRoles(
  session: Session,
  version: number,
  account: string,
): Promise<Roles | undefined> {
  const all = new Map((await readClosure(session, account)).map((role) => [role.oid, role]));
  const self = [...all.values()].find((role) => role.name === account);
  if (self === undefined) return undefined;
  const edges = await readEdges(session, version, all.keys());
  const [databaseOwner, owned] = await readOwned(session, all.keys());
  const powerful = (role: Role, canSet: boolean) =>
    (canSet && (role.superuser || role.attributes.length > 0)) ||
    role.name in POWERFUL ||
    role.oid === databaseOwner ||
    owned.some((one) => one.owner === role.oid);

  const first = edges.filter((edge) => edge.member === self.oid);
  const cut: Membership[] = [];
  const kept: Edge[] = [];
  for (const oid of new Set(first.map((edge) => edge.role))) {
    const direct = first.filter((edge) => edge.role === oid);
    const reached = [...reach(edges, direct)].map(([role, canSet]) => ({ role: all.get(role)!, canSet }));
    if (reached.some(({ role, canSet }) => powerful(role, canSet)))
      cut.push({ role: all.get(oid)!, edges: direct, reached });
    else kept.push(...direct);
  }
  const always = ["0", self.oid];
  return {
    account: self,
    all,
    owned,
    databaseOwner,
    cut,
    danger: [...always, ...reach(edges, kept).keys()],
    effective: [...always, ...inherited(edges, kept)],
    now: [...always, ...inherited(edges, first)],
  };
}

async function readClosure(session: Session, account: string): Promise<Role[]> {
  const [rows] = await session.query(
    `with recursive up(oid) as (
       select oid from pg_catalog.pg_roles where rolname = ${literal(account)}
       union select m.roleid from pg_catalog.pg_auth_members m join up on m.member = up.oid)
     select r.oid, r.rolname, quote_ident(r.rolname), r.rolsuper, concat_ws(',', case when rolcreatedb then 'CREATEDB' end,
            case when rolcreaterole then 'CREATEROLE' end, case when rolreplication then 'REPLICATION' end,
            case when rolbypassrls then 'BYPASSRLS' end)
       from up join pg_catalog.pg_roles r on r.oid = up.oid order by r.rolname`,
  );
  return (rows ?? []).map(([oid, name, sql, superuser, attributes]) => ({
    oid: oid ?? "",
    name: name ?? "",
    sql: sql ?? "",
    superuser: superuser === "t",
    attributes: list(attributes),
  }));
}

async function readEdges(session: Session, version: number, members: Iterable<string>): Promise<Edge[]> {
  const fromSixteen = version >= 160000;
  const [rows] = await session.query(
    `select m.roleid, m.member, m.admin_option, ${fromSixteen ? "m.inherit_option, m.set_option" : "u.rolinherit, true"},
            quote_ident(g.rolname), ${fromSixteen} and exists (select from pg_catalog.pg_auth_members d
              where d.roleid = m.roleid and d.grantor = m.member)
       from pg_catalog.pg_auth_members m
       join pg_catalog.pg_roles u on u.oid = m.member
       left join pg_catalog.pg_roles g on g.oid = m.grantor
      where m.member = any (${oids(members)}) order by 1, 2, 6`,
  );
  return (rows ?? []).map(([role, member, admin, inherit, set, grantor, grantedOn]) => ({
    role: role ?? "",
    member: member ?? "",
    admin: admin === "t",
    inherit: inherit === "t",
    set: set === "t",
    grantor: grantor ?? "",
    grantedOn: grantedOn === "t",
  }));
}

/**
 * All that these roles own in this database, by pg_shdepend, which everybody may read: also types, functions and what
 * later versions of PostgreSQL bring. Left out is what has no owner of its own to change (the sequence of a column,
 * members of extensions), default privileges and user mappings, which are settings of the role itself.
 */
async function readOwned(session: Session, owners: Iterable<string>): Promise<[string, Owned[]]> {
  const [database, rows] = await session.query(
    `select datdba from pg_catalog.pg_database where datname = current_database();
     select d.refobjid, i.type, i.identity
       from pg_catalog.pg_shdepend d
      cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) i
      where d.deptype = 'o' and d.refclassid = 'pg_catalog.pg_authid'::regclass and d.refobjid = any (${oids(owners)})
        and d.dbid = (select oid from pg_catalog.pg_database where datname = current_database())
        and d.classid not in ('pg_catalog.pg_default_acl'::regclass, 'pg_catalog.pg_user_mapping'::regclass)
        and i.identity is not null and coalesce(i.schema, case when i.type = 'schema' then i.name end, '') !~ '^pg_'
        and not exists (select from pg_catalog.pg_depend s where s.classid = 'pg_catalog.pg_class'::regclass
          and s.classid = d.classid and s.objid = d.objid and s.refclassid = s.classid and s.deptype in ('a', 'i')
          and (select relkind from pg_catalog.pg_class where oid = s.objid) = 'S')
        and not exists (select from pg_catalog.pg_depend e where e.classid = d.classid and e.objid = d.objid
          and e.deptype = 'e')
      order by i.type = 'schema' desc, i.type, i.identity`,
  );
  const owned = (rows ?? []).map(([owner, type, object]) => ({
    owner: owner ?? "",
    type: type ?? "",
    object: object ?? "",
  }));
  return [database?.[0]?.[0] ?? "", owned];
}
