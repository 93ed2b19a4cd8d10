import { expect, test } from "bun:test";
import { cleanUpAfter } from "../support/cleanup.ts";
import { describeEachMajor, query } from "../support/postgres.ts";
import { type Project, project, projectOn, versions } from "./fixture.ts";

let roles = 0;

/** A role of its own with a password; gone, with all it owns in the test's database, at the end of the test. */
async function role(p: Project, attributes = ""): Promise<{ name: string; url: string }> {
  const name = `rights_${process.pid}_${++roles}`;
  const server = p.db.server;
  await query(server.url(), `create role ${name} login password 'secret' ${attributes}`);
  cleanUpAfter(async () => {
    await p.db.drop();
    await query(server.url(), `drop role ${name}`);
  });
  return { name, url: server.url(p.db.name, name, "secret") };
}

const files = { "1_t.sql": "create table t ();\n-- sluice:down\ndrop table t;" };

test("a wrong password, a missing database, no right to make one", async () => {
  const p = await project(files);
  const plain = await role(p);
  const wrong = p.db.server.url(p.db.name, plain.name, "geheim");
  const refused = await p.migrate(["--wait", "20s"], { env: { SLUICE_URL: wrong } });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("SL3030")]);
  expect(refused.stderr + refused.stdout).not.toContain("geheim");
  const missing = `${p.db.name}_missing`;
  const env = { SLUICE_URL: p.db.server.url(missing) };
  const none = await p.migrate([], { env });
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/SL3033[\s\S]*--create-database/)]);
  const may = { SLUICE_URL: p.db.server.url(missing, plain.name, "secret") };
  const refusal = await p.migrate(["--create-database"], { env: may });
  expect([refusal.code, refusal.stderr]).toEqual([2, expect.stringContaining("SL3057")]);
  const made = await p.migrate(["--create-database"], { env });
  expect([made.code, made.stderr]).toEqual([0, expect.stringContaining("created the database")]);
  const again = await p.migrate(["--create-database"], { env });
  expect([again.code, again.stdout, again.stderr]).toEqual([0, expect.stringContaining("Nothing to do"), ""]);
});

describeEachMajor("rights on the history", (major) => {
  test("an account that may not create it", async () => {
    const p = await project(files, major);
    await p.query("revoke create on schema public from public");
    const app = await role(p);
    const env = { SLUICE_URL: app.url };
    for (const args of [[], ["--history-schema", "own"]]) {
      const refused = await p.migrate(args, { env });
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringMatching(/SL3052[\s\S]*permission denied/),
      ]);
    }
    await p.query(
      `create schema own authorization ${app.name}; grant create on schema public to ${app.name}`,
    );
    expect((await p.migrate(["--history-schema", "own"], { env })).code).toBe(0);
  });

  test("an account whose role is set with ALTER ROLE", async () => {
    const p = await project({}, major);
    const [owner, login, app] = [await role(p), await role(p, "noinherit"), await role(p)];
    await p.query(`grant ${owner.name}, ${app.name} to ${login.name}; alter role ${login.name} set role = ${owner.name};
      create schema own authorization ${owner.name}; create schema app authorization ${app.name}`);
    p.write({
      "1_t.sql": "create table own.t ();",
      "2_app.sql": `set role ${app.name};\ncreate table app.t ();`,
      "3_steps.sql": `create table own.u (n int);\ncreate index concurrently u_n on own.u (n);\nset role ${app.name};\ncreate table app.u (n int);\ncreate index concurrently u_n on app.u (n);`,
      "4_t.sql": "select 1; create table own.v ();",
    });
    const { code, stderr } = await p.migrate(["--history-schema", "own"], { env: { SLUICE_URL: login.url } });
    expect([code, stderr]).toEqual([0, expect.stringContaining("applied 4 t")]);
    const owners = await p.query(
      "select schemaname s, tableowner o from pg_tables where schemaname in ('own', 'app') group by 1, 2 order by 1",
    );
    expect(owners).toEqual([
      { s: "app", o: app.name },
      { s: "own", o: owner.name },
    ]);
  });
});

test("an account that may read it and not write", async () => {
  const p = await project(files);
  const app = await role(p);
  expect((await p.migrate(["--grant", app.name])).code).toBe(0);
  p.write({ "2_u.sql": "create table u ();" });
  const env = { SLUICE_URL: app.url };
  const refused = await p.migrate([], { env });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("SL3058")]);
  expect((await p.migrate([], { env: { SLUICE_URL: p.db.url } })).code).toBe(0);
});

test("--grant: what a gate needs and no more; the no-op path repairs it", async () => {
  const p = await project(files);
  const [one, two] = [await role(p), await role(p)];
  const args = ["--history-schema", "Own", "--grant", one.name];
  expect((await p.migrate(args)).code).toBe(0);
  const rights = (name: string) =>
    p.query(
      `select has_schema_privilege($1, 'Own', 'usage') usage, has_schema_privilege($1, 'Own', 'create') make,
        (select array_agg(attname::text order by attname) from pg_attribute where attrelid = c.oid and attnum > 0
          and not has_column_privilege($1, c.oid, attnum, 'select')) hidden,
        has_any_column_privilege($1, c.oid, 'insert, update, references') writes,
        has_table_privilege($1, c.oid, 'delete, truncate, trigger') more
       from pg_class c where relname = 'sluice_history'`,
      [name],
    );
  const granted = [{ usage: true, make: false, hidden: ["down", "output"], writes: false, more: false }];
  expect(await rights(one.name)).toEqual(granted);
  const dir = p.dir;
  const gate = projectOn({ ...p.db, url: one.url }, {});
  const idle = await gate.migrate(["--history-schema", "Own", "--dir", dir]);
  expect([idle.code, idle.stdout]).toEqual([0, expect.stringContaining("Nothing to do")]);

  await p.query(
    `revoke usage on schema "Own" from ${one.name}; revoke select (state) on "Own".sluice_history from ${one.name}`,
  );
  const repaired = await p.migrate([...args, "--grant", two.name]);
  expect([repaired.code, repaired.stdout]).toEqual([0, expect.stringContaining("Nothing to do")]);
  expect(await rights(one.name)).toEqual(granted);
  expect(await rights(two.name)).toEqual(granted);
  // An account without the right to grant has nothing to grant when all is there.
  const reader = await p.migrate(args, { env: { SLUICE_URL: one.url } });
  expect([reader.code, reader.stdout]).toEqual([0, expect.stringContaining("Nothing to do")]);
  const refused = await p.migrate(["--history-schema", "Own", "--grant", "nobody's"]);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/SL3055: there is no role nobody's/),
  ]);
});

test("--grant by an account that may not", async () => {
  const p = await project(files);
  const [one, two] = [await role(p), await role(p)];
  expect((await p.migrate(["--grant", one.name])).code).toBe(0);
  await p.query(`grant insert, update, delete on sluice_history to ${one.name}`);
  const refused = await p.migrate(["--grant", two.name], { env: { SLUICE_URL: one.url } });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("SL3056")]);
  expect(await versions(p)).toEqual(["1"]);
});

test("an account that may set roles but owns little records what it did", async () => {
  const p = await project({ "1_t.sql": "select 1;" });
  const owner = await role(p);
  await p.query(`create schema own authorization ${owner.name}`);
  p.write({
    "2_role.sql": `set role ${owner.name};\ncreate table own.t ();`,
    "3_do.sql": `do $$ begin execute 'set role ${owner.name}'; end $$;\ncreate table own.u ();`,
    "4_steps.sql": `-- sluice: transaction=off\nset role ${owner.name};\ncreate table own.v (n int);\ncreate index concurrently v_n on own.v (n);`,
    "5_auth.sql": `set session authorization ${owner.name};\ncreate table own.w ();`,
  });
  const { code, stderr } = await p.migrate();
  expect([code, stderr]).toEqual([0, expect.stringContaining("applied 5 auth")]);
  const owners = await p.query("select distinct tableowner o from pg_tables where schemaname = 'own'");
  expect(owners).toEqual([{ o: owner.name }]);
  expect((await p.history()).map((row) => [row.state, row.account])).toEqual(
    Array(5).fill(["applied", "postgres"]),
  );
});

// What Vault and RDS users do so that all logins own the same objects.
