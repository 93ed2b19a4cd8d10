import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { describeEachMajor, type Row } from "../support/postgres.ts";
import { project, versions } from "./fixture.ts";

describeEachMajor("applying files", (major) => {
  test("in the order of the numbers, once", async () => {
    const files: Record<string, string> = { "001_log.sql": "create table log (n serial, version int);" };
    for (const version of ["2", "9", "010", "0100"])
      files[`${version}_x.sql`] = `insert into log (version) values (${Number(version)});`;
    const p = await project(files, major);
    const first = await p.migrate();
    expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(/^Applied 5 migrations to /)]);
    expect(await p.query("select version from log order by n")).toEqual(
      [2, 9, 10, 100].map((version) => ({ version })),
    );
    expect(await versions(p)).toEqual(["1", "2", "9", "10", "100"]);
    const second = await p.migrate();
    expect([second.code, second.stdout]).toEqual([0, expect.stringMatching(/^Nothing to do: 5 migrations /)]);
    expect(await p.query("select from log")).toHaveLength(4);
  });

  test("a failed file leaves nothing behind, the files before it stay", async () => {
    const p = await project(
      {
        "1_a.sql": "create table a ();",
        "2_b.sql": "create table b ();\ninsert into b default values;\nselect 1 / 0;",
        "3_c.sql": "create table c ();",
      },
      major,
    );
    const failed = await p.migrate();
    expect(failed.code).toBe(3);
    expect(failed.stderr).toContain("2_b.sql:3");
    expect(await p.query("select to_regclass('a') a, to_regclass('b') b, to_regclass('c') c")).toEqual([
      { a: "a", b: null, c: null },
    ]);
    expect((await p.history()).map((row) => [row.id, row.state, row.statements_done])).toEqual([
      ["1", "applied", 1],
      ["2", "failed", 0],
    ]);
    p.write({ "2_b.sql": "create table b ();" });
    expect((await p.migrate()).code).toBe(0);
    expect((await p.history()).map((row) => [row.id, row.state, row.error])).toEqual([
      ["1", "applied", null],
      ["2", "applied", null],
      ["3", "applied", null],
    ]);
  });

  test("the session is the same for every file", async () => {
    const look = `insert into seen select current_setting('search_path'), current_user, session_user,
      current_setting('lock_timeout'), nullif(current_setting('my.own', true), ''), to_regclass('temporary')::text,
      (select count(*) from pg_prepared_statements), current_setting('application_name');`;
    const p = await project(
      {
        "1_table.sql": `create table public.seen (path text, usr text, sess text, lock text, own text, temp text,
          prepared int, app text); create schema other; create role role_${major}_leak; grant create, usage on schema other to role_${major}_leak;
          ${look}`,
        "2_path.sql": "set search_path = other; create table in_other ();",
        "3_look.sql": look,
        "4_role.sql": `set role role_${major}_leak; create table other.owned ();`,
        "5_look.sql": look,
        "6_temp.sql": "create temp table temporary (); prepare p as select 1; set lock_timeout = '1min';",
        "7_look.sql": look,
        "8_do.sql":
          "do $$ begin perform set_config('search_path', 'other', false), set_config('my.own', 'x', false); end $$;",
        "9_look.sql": look,
        "10_session.sql": `set session authorization role_${major}_leak; create table other.owned2 ();`,
        "11_look.sql": look,
        "12_steps.sql": `-- sluice: transaction=off\nset search_path = other;\nset role role_${major}_leak;\ncreate table stepped ();`,
        "13_look.sql": look,
      },
      major,
    );
    try {
      const { code, stderr } = await p.migrate();
      expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
      const rows = await p.query("select * from public.seen");
      expect(rows).toHaveLength(7);
      for (const row of rows) expect(row).toEqual(rows[0] as Row);
      expect(rows[0]).toMatchObject({ path: '"$user", public', usr: "postgres", temp: null, prepared: 0 });
      const owners = await p.query(
        "select tableowner from pg_tables where schemaname = 'other' order by tablename",
      );
      const role = `role_${major}_leak`;
      expect(owners.map((row) => row.tableowner)).toEqual(["postgres", role, role, role]);
      expect(await versions(p)).toHaveLength(13);
    } finally {
      await p.db.drop();
      await (await project({}, major)).query(`drop role if exists role_${major}_leak`);
    }
  });
});

test("what a row of the history says", async () => {
  const sql = "-- sluice: phase=contract\n-- sluice: breaking\n-- sluice: requires=1\ncreate table b ();\n";
  const p = await project({
    "001_a.sql": "create table a ();\ncomment on table a is 'x';",
    "2_b_c.sql": `${sql}-- sluice:down\ndrop table b;\n`,
  });
  const env = { SLUICE_RELEASE: "r7", SLUICE_JOB: "job", SLUICE_POD: "pod-1", SLUICE_IMAGE: "img:7" };
  expect((await p.migrate([], { env })).code).toBe(0);
  const [a, b] = await p.history();
  expect(a).toMatchObject({ kind: "migration", id: "1", name: "a", phase: "expand", breaking: false });
  expect(a).toMatchObject({ statements_done: 2, statements_total: 2, requires: null, down: null });
  expect(b).toMatchObject({ id: "2", name: "b_c", phase: "contract", breaking: true, requires: ["1"] });
  expect(b).toMatchObject({ state: "applied", error: null, statement: null, account: "postgres" });
  expect(b).toMatchObject({ release: "r7", job: "job", pod: "pod-1", image: "img:7", host: hostname() });
  expect(b?.checksum).toBe(createHash("sha256").update(sql).digest("hex"));
  expect(b?.down).toContain("drop table b");
  expect(b?.finished_at.getTime()).toBeGreaterThanOrEqual(b?.started_at.getTime());
  expect(Number(b?.duration_ms)).toBeLessThan(10_000);
});

test("names and text outside of ASCII", async () => {
  const p = await project({
    "1_größe_日本_🐘.sql": `create schema "größe 🐘";\ncreate table "größe 🐘"."tä""ble" ("naïve ✓" text);
insert into "größe 🐘"."tä""ble" values ('日本 🐘 E''\\');`,
  });
  const done = await p.migrate(["--history-schema", 'Sché"ma', "--history-table", "geschichte ‚;🐘"]);
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining("größe_日本_🐘")]);
  expect(await p.query('select name, state from "Sché""ma"."geschichte ‚;🐘"')).toEqual([
    { name: "größe_日本_🐘", state: "applied" },
  ]);
  expect(await p.query('select "naïve ✓" v from "größe 🐘"."tä""ble"')).toEqual([{ v: "日本 🐘 E'\\" }]);
});

test("an empty file and a file of comments are applied", async () => {
  const p = await project({ "1_empty.sql": "", "2_comment.sql": "-- nothing yet\n" });
  const done = await p.migrate();
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining("1_empty.sql")]);
  expect(await versions(p)).toEqual(["1", "2"]);
});

test("two hundred files", async () => {
  const files: Record<string, string> = {};
  for (let n = 1; n <= 200; n++) files[`${n}_t.sql`] = `create table t${n} (id int primary key);`;
  const p = await project(files);
  expect((await p.migrate(["-q"])).code).toBe(0);
  expect((await p.history()).map((row) => row.id)).toEqual(Array.from({ length: 200 }, (_, i) => `${i + 1}`));
  expect((await p.migrate()).stdout).toContain("Nothing to do: 200 migrations");
});
