import { expect, test } from "bun:test";
import { describeEachMajor } from "../support/postgres.ts";
import { harm, type Shop, said, settle, wellMade, work } from "./fixture.ts";

interface Case {
  /** Roles beside app and owner. */
  roles?: string[];
  /** SQL that a superuser runs; app and owner are replaced by their names. */
  spoil: string;
  /** What is found; names as in `spoil`. */
  found: string[];
  from?: number;
  to?: number;
}

const cases: Record<string, Case> = {
  "a superuser": { spoil: "alter role :app superuser", found: ["SA001 role :app"] },
  "a member of a superuser": {
    roles: ["boss"],
    spoil: "alter role :boss superuser; grant :boss to :app",
    found: ["SA001 role :boss"],
  },
  attributes: {
    spoil: "alter role :app createdb createrole replication bypassrls",
    found: ["SA002 role :app"],
  },
  "attributes of a role that it can become": {
    roles: ["group", "boss"],
    spoil: "alter role :boss createrole; grant :boss to :group; grant :group to :app",
    found: ["SA002 role :group"],
  },
  "a predefined role": {
    spoil: "grant pg_write_all_data to :app",
    found: ["SA003 role pg_write_all_data"],
    from: 14,
  },
  "a predefined role of the server": {
    spoil: "grant pg_execute_server_program to :app",
    found: ["SA003 role pg_execute_server_program"],
  },
  "owns the database": { spoil: "alter database :db owner to :app", found: ["SA004 database :db"] },
  "owns the schema": { spoil: "alter schema shop owner to :app", found: ["SA005 schema shop"] },
  "owns the table": { spoil: "alter table shop.orders owner to :app", found: ["SA006 table shop.orders"] },
  "a member of the owner": { spoil: "grant :owner to :app", found: ["SA007 role :owner"] },
  "a member of the owner without INHERIT": {
    spoil: "alter role :app noinherit; grant :owner to :app",
    found: ["SA007 role :owner"],
  },
  "a member of a member of the owner": {
    roles: ["group"],
    spoil: "grant :owner to :group; grant :group to :app",
    found: ["SA007 role :group"],
  },
  "a member of the owner by ADMIN alone": {
    spoil: "grant :owner to :app with admin true, inherit false, set false",
    found: ["SA007 role :owner"],
    from: 16,
  },
  "a member of the owner by two grantors, one of whom is the application itself": {
    roles: ["boss", "other"],
    spoil: `grant :owner to :boss with admin true; set role :boss; grant :owner to :app with admin true; reset role;
      grant :owner to :app; set role :app; grant :owner to :other`,
    found: ["SA007 role :owner"],
    from: 16,
  },
  "CREATE on schemas by PUBLIC and by a role": {
    roles: ["group"],
    spoil:
      "grant create on schema public to public; grant :group to :app; grant create on schema shop to :group",
    found: ["SA008 schema public", "SA008 schema shop"],
  },
  "CREATE on the database": { spoil: "grant all on database :db to :app", found: ["SA009 database :db"] },
  "ALL on a table": { spoil: "grant all on shop.orders to :app", found: ["SA010 table shop.orders"] },
  "TRUNCATE for PUBLIC, TRIGGER for a group": {
    roles: ["group"],
    spoil:
      "grant truncate on shop.orders to public; grant :group to :app; grant trigger on shop.orders to :group",
    found: ["SA010 table shop.orders"],
  },
  "TRUNCATE from another grantor, and granted on": {
    roles: ["boss", "other"],
    spoil: `set role :owner; grant truncate on shop.orders to :boss with grant option; grant usage on schema shop to :boss;
      set role :boss; grant truncate on shop.orders to :app with grant option;
      set role :app; grant truncate on shop.orders to :other`,
    found: ["SA010 table shop.orders"],
  },
  "REFERENCES on a column": {
    spoil: "grant references (id) on shop.orders to :app",
    found: ["SA010 table shop.orders"],
  },
  MAINTAIN: { spoil: "grant maintain on shop.orders to :app", found: ["SA010 table shop.orders"], from: 17 },
  "writes the history": {
    spoil: `create table sluice_history (kind text, id text, state text); alter table sluice_history owner to :owner;
      grant select, insert, delete on sluice_history to :app; grant update (state) on sluice_history to public`,
    found: ["SA011 table public.sluice_history"],
  },
  "default privileges": {
    spoil: `alter default privileges for role :owner grant truncate on tables to :app;
      alter default privileges for role :owner in schema shop grant all on tables to public`,
    found: ["SA012 default privileges of :owner", "SA012 default privileges of :owner in schema shop"],
  },
};

/** A text of a case with the names of a shop. */
function named(s: Shop, text: string): string {
  return text.replace(/:(\w+)/g, (_, what) => (what === "db" ? s.db.name : s.sql(what)));
}

describeEachMajor("what the account could do and should not", (major) => {
  test("nothing is found where the accounts are well made, whoever looks", async () => {
    const s = await wellMade(major);
    expect(said(await s.check())).toEqual([]);
    expect(said(await s.check({ as: "app" }))).toEqual([]);
    await work(s);
    expect(await harm(s)).toEqual([]);
  });

  for (const [title, { roles = [], spoil, found, from = 13, to = 18 }] of Object.entries(cases)) {
    if (major < from || major > to) continue;
    test(`${title}: found, and settled by what is printed`, async () => {
      const s = await wellMade(major, ...roles);
      await s.query(named(s, spoil));
      const expected = found.map((text) => named(s, text));
      const report = await s.check();
      expect(said(report)).toEqual(expected);
      expect(report.findings.every(({ statements }) => statements.length > 0)).toBe(true);
      expect(said(await s.check({ as: "app" }))).toEqual(expected);
      expect(await settle(s, (sql) => s.query(sql))).toBe(1);
      await work(s);
      expect(await harm(s)).toEqual([]);
    });
  }

  test("objects of every kind get their owner", async () => {
    const s = await wellMade(major);
    const create = `create table "T 1" (id serial, g int generated always as identity); create view v as select 1 a;
      create materialized view m as select 1 a; create sequence "Seq"; create function f(a int, variadic b text[])
      returns int language sql as 'select 1'; create procedure p() language sql as 'select 1';
      create aggregate sum2(int) (sfunc = int4pl, stype = int4); create type "Mood" as enum ('a');
      create domain d as int; create type c as (a int); create type r as range (subtype = int);
      create table part (n int) partition by list (n); create table part1 partition of part for values in (1);
      create statistics st (dependencies) on id, g from "T 1"; create operator ### (leftarg = int, rightarg = int,
      function = int4pl); create collation co (locale = 'C'); create text search configuration ts (copy = simple);
      create conversion cv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
      create index on "T 1" (g); select lo_create(4711); create schema "Own";`;
    await s.query(`grant create on database ${s.db.name} to ${s.sql("app")}; grant create on schema shop to ${s.sql("app")};
      set search_path = shop; set role ${s.sql("app")}; ${create} reset role;
      revoke create on database ${s.db.name} from ${s.sql("app")}; revoke create on schema shop from ${s.sql("app")}`);
    const report = await s.check();
    // From 14 to 16 the type of its multiranges has an owner of its own.
    const found = said(report).map((text) => text.replace(/\(.*/, ""));
    expect(found.filter((text) => text !== "SA006 type shop.r_multirange")).toEqual([
      'SA005 schema "Own"',
      "SA006 aggregate shop.sum2",
      "SA006 collation shop.co",
      "SA006 conversion shop.cv",
      "SA006 function shop.f",
      "SA006 large object 4711",
      "SA006 materialized view shop.m",
      "SA006 operator shop.###",
      "SA006 procedure shop.p",
      'SA006 sequence shop."Seq"',
      "SA006 statistics object shop.st",
      'SA006 table shop."T 1"',
      "SA006 table shop.part",
      "SA006 table shop.part1",
      "SA006 text search configuration shop.ts",
      'SA006 type shop."Mood"',
      "SA006 type shop.c",
      "SA006 type shop.d",
      "SA006 type shop.r",
      "SA006 view shop.v",
    ]);
    expect(await settle(s, (sql) => s.query(sql))).toBe(1);
    expect(
      await s.query(`select from pg_shdepend where refobjid = (select oid from pg_roles where rolname =
      '${(await s.role("app")).replaceAll("'", "''")}') and deptype = 'o'`),
    ).toEqual([]);
    await s.queryAs(
      "app",
      `insert into shop."T 1" default values; select nextval('shop."Seq"'); select * from shop.v`,
    );
  });

  test("the superuser that the server was made with needs another account", async () => {
    const s = await wellMade(major);
    const report = await s.check({ account: "postgres" });
    expect(said(report)).toEqual(["SA001 role postgres"]);
    expect(report.statements).toEqual([]);
    expect(report.notes).toContain("nothing else was looked at: no right is checked for a superuser");
  });

  test("memberships that change nothing are left alone", async () => {
    const s = await wellMade(major, "group");
    await s.query(`grant pg_monitor, pg_read_all_settings, ${s.sql("group")} to ${s.sql("app")}`);
    if (major >= 16)
      // Neither INHERIT nor SET nor ADMIN: there is no way from here to the owner.
      await s.query(`grant ${s.sql("owner")} to ${s.sql("app")} with inherit false, set false`);
    expect(said(await s.check())).toEqual([]);
    expect(await harm(s)).toEqual([]);
  });
});
