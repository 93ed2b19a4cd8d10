import { expect, test } from "bun:test";
import { COLUMNS } from "../../src/databases/postgres/history/columns.ts";
import { failureOf } from "../support/failure.ts";
import { connect, describeEachMajor } from "../support/postgres.ts";
import { checkUrl, harm, said, settle, shop, wellMade, work } from "./fixture.ts";

describeEachMajor("what the account needs and could not do", (major) => {
  test("schema, tables, views and sequences: it fails before, and works after what is printed", async () => {
    const s = await wellMade(major);
    const owner = s.sql("owner");
    await s.query(`alter default privileges for role ${owner} in schema shop revoke all on tables from ${s.sql("app")};
      alter default privileges for role ${owner} in schema shop revoke all on sequences from ${s.sql("app")};
      revoke all on schema shop from ${s.sql("app")}; set role ${owner}; set search_path = shop;
      create table fresh (id serial, n int); create table part (n int) partition by list (n);
      create table part1 partition of part default; create table "Some" (n int);
      create view v as select 1 a; create materialized view m as select 1 a; create sequence seq;
      create table ident (id int generated always as identity, n int); grant select, insert, update, delete on ident to ${s.sql("app")};
      grant select, update on "Some" to ${s.sql("app")}; create table schema_migrations (version serial)`);
    expect(said(await s.check())).toEqual([
      "SA021 schema shop",
      "SA022 table shop.fresh",
      "SA022 view shop.m",
      "SA022 table shop.part",
      "SA022 view shop.v",
      'SA023 table shop."Some"',
      "SA024 sequence shop.fresh_id_seq",
      "SA024 sequence shop.seq",
      `SA025 default privileges of ${owner} in schema shop`,
    ]);
    expect((await failureOf(work(s))).message).toContain("permission denied for schema");
    expect(await settle(s, (sql) => s.query(sql))).toBe(1);
    for (const table of ["shop.orders", "shop.fresh", "shop.part", 'shop."Some"', "shop.ident"])
      await work(s, table);
    await s.queryAs("app", "select * from shop.v; select * from shop.m; select nextval('shop.seq')");
    await s.query(`set role ${owner}; create table shop.next (id serial, n int)`);
    await work(s, "shop.next");
    expect(said(await s.check())).toEqual([]);
    expect(await harm(s)).toEqual([]);
  });

  test("rights by a group, by PUBLIC and on columns count", async () => {
    const s = await wellMade(major, "group");
    await s.query(`set role ${s.sql("owner")}; set search_path = shop;
      alter default privileges for role ${s.sql("owner")} in schema shop revoke all on tables from ${s.sql("app")};
      alter default privileges for role ${s.sql("owner")} grant select, insert, update, delete on tables to ${s.sql("group")};
      reset role; grant ${s.sql("group")} to ${s.sql("app")}; set role ${s.sql("owner")};
      create table by_group (n int); create table by_public (n int); revoke all on by_public from ${s.sql("group")};
      grant select, insert, update, delete on by_public to public; create table by_column (n int, secret int);
      revoke all on by_column from ${s.sql("group")};
      grant select (n), insert (n), update (n) on by_column to ${s.sql("app")}; grant delete on by_column to ${s.sql("app")}`);
    expect(said(await s.check())).toEqual([]);
    await work(s, "shop.by_group");
    // Without INHERIT the group's rights are one SET ROLE away, which the application does not send.
    await s.query(
      major >= 16
        ? `revoke ${s.sql("group")} from ${s.sql("app")}; grant ${s.sql("group")} to ${s.sql("app")} with inherit false`
        : `alter role ${s.sql("app")} noinherit`,
    );
    expect((await failureOf(work(s, "shop.by_group"))).message).toContain("permission denied");
    expect(said(await s.check())).toEqual([
      "SA022 table shop.by_group",
      `SA025 default privileges of ${s.sql("owner")} in schema shop`,
    ]);
    expect(await settle(s, (sql) => s.query(sql))).toBe(1);
    await work(s, "shop.by_group");
  });

  test("the owner, who is no superuser, can run what is printed", async () => {
    const s = await wellMade(major, "login");
    await s.query(`grant ${s.sql("owner")} to ${s.sql("login")}; set role ${s.sql("owner")};
      create table shop.fresh (id serial, n int); revoke all on shop.fresh from ${s.sql("app")};
      revoke usage on sequence shop.fresh_id_seq from ${s.sql("app")}; grant all on shop.orders to ${s.sql("app")};
      grant create on schema shop to ${s.sql("app")};
      alter default privileges for role ${s.sql("owner")} in schema shop grant all on tables to ${s.sql("app")}`);
    const expected = [
      "SA008 schema shop",
      "SA010 table shop.orders",
      `SA012 default privileges of ${s.sql("owner")} in schema shop`,
      "SA022 table shop.fresh",
      "SA024 sequence shop.fresh_id_seq",
    ];
    expect(said(await s.check())).toEqual(expected);
    expect(await settle(s, (sql) => s.queryAs("login", sql))).toBe(1);
    await work(s, "shop.fresh");
    expect(await harm(s)).toEqual([]);
  });

  test("the history: a gate of the account reads it after what is printed", async () => {
    const s = await wellMade(major);
    await s.query(`create table sluice_history (${COLUMNS.map(({ name, type }) => `${name} ${type}`).join(", ")});
      alter table sluice_history owner to ${s.sql("owner")}; revoke usage on schema public from public`);
    expect(said(await s.check())).toEqual(["SA026 table public.sluice_history"]);
    expect(await settle(s, (sql) => s.query(sql))).toBe(1);
    await s.queryAs("app", "select id, checksum, state from public.sluice_history");
    expect((await failureOf(s.queryAs("app", "select down from public.sluice_history"))).message).toContain(
      "permission denied",
    );
  });

  test("who sees by pg_read_all_data needs no other right to read", async () => {
    if (major < 14) return;
    const s = await wellMade(major);
    await s.query(`revoke all on schema shop from ${s.sql("app")}; revoke all on shop.orders from ${s.sql("app")};
      grant pg_read_all_data to ${s.sql("app")}`);
    const { findings } = await s.check();
    expect(findings.map(({ code, message }) => [code, message.replace(/^.* lacks /, "")])).toEqual([
      ["SA023", "INSERT, UPDATE, DELETE"],
    ]);
  });

  test("the usual beginning: one account owns everything, and another takes over", async () => {
    const s = await shop(major);
    const app = s.sql("app");
    await s.query(`alter database ${s.db.name} owner to ${app}; grant all on schema public to ${app}`);
    await s.queryAs(
      "app",
      `create table t (id serial primary key, n int); create view v as select * from t; create schema own;
       create table sluice_history (id text); create function f() returns int language sql as 'select 1'`,
    );
    const report = await s.check({ schemas: ["public", "own"] });
    const made = `${await s.role("app")}_owner`;
    expect(report.migrators).toEqual([made]);
    expect(report.notes.join()).toContain("--migrator");
    expect(report.statements[0]).toStartWith("CREATE ROLE ");
    expect(await settle(s, (sql) => s.query(sql), { schemas: ["public", "own"] })).toBe(1);
    await work(s, "public.t");
    await s.queryAs("app", "select * from v; select f(); select id from sluice_history");
    const refused = [
      "drop table t",
      "alter table t add x int",
      "truncate t",
      "create table own.x ()",
      "drop schema own",
      "create table public.x ()",
      "insert into sluice_history values ('1')",
      "create or replace function f() returns int language sql as 'select 2'",
    ];
    for (const sql of refused)
      expect((await failureOf(s.queryAs("app", sql))).message).toMatch(/permission denied|must be owner/);
    // The new owner works, and what it makes is usable at once.
    await s.query(
      `set role "${made.replaceAll('"', '""')}"; create table next (id serial, n int); alter table t add m int`,
    );
    await work(s, "public.next");
    expect(said(await s.check({ schemas: ["public", "own"] }))).toEqual([]);
  });

  test("membership in the owner goes, and what the application used by it stays", async () => {
    const s = await shop(major, "owner");
    await s.query(`revoke create on schema public from public; create schema shop authorization ${s.sql("owner")};
      set role ${s.sql("owner")}; create table shop.orders (id serial, n int); reset role;
      grant ${s.sql("owner")} to ${s.sql("app")}; alter role ${s.sql("app")} set search_path = shop`);
    const report = await s.check();
    // Only what is true today is a finding; the grants belong to the end of the membership.
    expect(said(report)).toEqual([
      `SA007 role ${s.sql("owner")}`,
      `SA025 default privileges of ${s.sql("owner")} in schema shop`,
    ]);
    const revoke = report.statements.findIndex((sql) => sql.startsWith(`REVOKE ${s.sql("owner")}`));
    expect(report.statements.findLastIndex((sql) => sql.startsWith("GRANT"))).toBeLessThan(revoke);
    expect(await settle(s, (sql) => s.query(sql))).toBe(1);
    await work(s);
    expect(await harm(s)).toEqual([]);
  });

  test("an extension that the account owns", async () => {
    const s = await wellMade(major);
    // The server refuses a name with quotes as that of who makes an extension, but not as that of who owns it.
    const maker = `maker_${s.db.name}`;
    await s.query(`drop extension plpgsql; create role ${maker}; grant create on database ${s.db.name} to ${maker};
      set role ${maker}; create extension plpgsql; reset role; reassign owned by ${maker} to ${s.sql("app")};
      drop owned by ${maker}; drop role ${maker}`);
    const report = await s.check();
    expect(said(report)).toContain("SA006 extension plpgsql");
    expect(report.statements).toContain(`REASSIGN OWNED BY ${s.sql("app")} TO ${s.sql("owner")}`);
    expect(await settle(s, (sql) => s.query(sql))).toBe(1);
    expect((await failureOf(s.queryAs("app", "drop extension plpgsql"))).message).toContain("must be owner");
  });
});

test("a catalogue that the account may not read: what was not checked is said, the rest is", async () => {
  const s = await wellMade(18);
  await s.query(
    `grant truncate on shop.orders to ${s.sql("app")}; revoke select on pg_default_acl from public`,
  );
  const report = await s.check({ as: "app" });
  expect(said(report)).toEqual(["SA010 table shop.orders"]);
  expect(report.unchecked).toEqual([
    { code: "SA012", reason: "permission denied for table pg_default_acl" },
    { code: "SA025", reason: "permission denied for table pg_default_acl" },
  ]);
});

test("schemas: those of the account's search_path, wherever it is set, or those that are named", async () => {
  const s = await shop(18);
  const app = s.sql("app");
  await s.query(`create schema a; create schema "B c"; create schema ${app}`);
  const schemas = async (question = {}) => (await s.check(question)).schemas;
  expect(await schemas()).toEqual([await s.role("app"), "public"]);
  await s.query(`alter database ${s.db.name} set search_path = a, nowhere`);
  expect([await schemas(), await schemas({ as: "app" })]).toEqual([["a"], ["a"]]);
  await s.query(`alter role ${app} set search_path = "B c", A`);
  expect([await schemas(), await schemas({ as: "app" })]).toEqual([
    ["B c", "a"],
    ["B c", "a"],
  ]);
  expect(await schemas({ schemas: ["public"] })).toEqual(["public"]);
  const url = `${s.url("app")}?options=-c%20search_path%3Dpublic`;
  const question = { account: undefined, migrator: undefined, schemas: [] };
  expect((await checkUrl(url, question)).schemas).toEqual(["public"]);
});

test("nothing is changed, and no table is locked or read", async () => {
  const s = await wellMade(18);
  await s.query(`alter table shop.orders owner to ${s.sql("app")}`);
  const locker = await connect(s.db.url);
  await locker.query("begin; lock table shop.orders in access exclusive mode");
  const snapshot = () =>
    s.query(`select (select array_agg(c order by oid) from (select oid, relacl, relowner from pg_class) c)::text,
      (select array_agg(d) from pg_default_acl d)::text, (select array_agg(m) from pg_auth_members m)::text`);
  const before = await snapshot();
  expect(said(await s.check({ as: "app" }))).toContain("SA006 table shop.orders");
  expect(await snapshot()).toEqual(before);
});
