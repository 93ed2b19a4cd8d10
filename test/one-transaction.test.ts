import { expect, test } from "bun:test";
import { endBackends, executing, project, versions } from "./migrate/fixture.ts";
import { connect, describeEachMajor } from "./support/postgres.ts";
import { runSluice, startSluice } from "./support/run.ts";
import { standstillSince } from "./support/standstill.ts";

const ONE = ["--one-transaction"];
const FILES = {
  "1_a.sql": "create table a (n int);\ninsert into a values (1);",
  "2_b.sql": "create table b (n int);",
  "3_c.sql": "-- sluice: phase=contract\ncreate table c (n int);",
};

describeEachMajor("migrate --one-transaction", (major) => {
  test("applies all files, and the second run has nothing to do", async () => {
    const p = await project(FILES, major);
    const first = await p.migrate([...ONE, "-o", "json"]);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout).applied.map((one: { version: string }) => one.version)).toEqual([
      "1",
      "2",
      "3",
    ]);
    // One transaction wrote all three rows.
    expect(await p.query("select count(distinct xmin::text)::int n from sluice_history")).toEqual([{ n: 1 }]);
    expect((await p.migrate(ONE)).stdout).toContain("Nothing to do");
  });

  test("one failure takes everything back; the row of the failed file says why", async () => {
    const p = await project({ ...FILES, "3_c.sql": "create table c (n int);\nselect nonsense;" }, major);
    const failed = await p.migrate(ONE);
    expect([failed.code, failed.stderr]).toEqual([
      3,
      expect.stringMatching(/SL4121.*migration 3[\s\S]*3_c\.sql:2:8/),
    ]);
    expect(await p.query("select to_regclass('a') a, to_regclass('c') c")).toEqual([{ a: null, c: null }]);
    expect((await p.history()).map((row) => [row.id, row.state])).toEqual([["3", "failed"]]);
    p.write({ "3_c.sql": FILES["3_c.sql"] });
    expect((await p.migrate(ONE)).code).toBe(0);
    expect(await versions(p)).toEqual(["1", "2", "3"]);
  });

  test("nothing is seen before COMMIT, and a killed runner leaves nothing", async () => {
    const slow = "select pg_sleep(60) where to_regclass('quick') is null;";
    const p = await project({ ...FILES, "3_c.sql": slow }, major);
    const env = { SLUICE_URL: p.db.url };
    const runner = await p.start(ONE);
    await p.until(executing("pg_sleep"));
    const gate = await startSluice(["wait", "schema", "--require", "1", "--dir", p.dir], { env });
    await gate.waitForOutput(/waiting for schema: migration 1/);
    expect(await p.query("select to_regclass('a') a")).toEqual([{ a: null }]);
    runner.kill("SIGKILL");
    await runner.done;
    await endBackends(p);
    expect(await p.history()).toEqual([]);
    await p.query("create table quick ()");
    expect((await p.migrate(ONE)).code).toBe(0);
    expect((await gate.done).code).toBe(0);
  });

  test("a file that needs steps is refused before anything is changed, and so is a half-applied one", async () => {
    const p = await project(
      { "1_a.sql": "create table a (n int);", "2_i.sql": "select 1;\ncreate index concurrently i on a (n);" },
      major,
    );
    const refused = await p.migrate(ONE);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/SL4120.*migration 2[\s\S]*2_i\.sql:2\n[\s\S]*--to 1/),
    ]);
    p.write({ "2_i.sql": "-- sluice: transaction=off\nselect 1;\nselect nonsense;" });
    expect((await p.migrate(ONE)).stderr).toContain("it says transaction=off");
    expect(await p.query("select to_regclass('sluice_history') h")).toEqual([{ h: null }]);
    expect((await p.migrate()).code).toBe(4);
    p.write({ "2_i.sql": "select 1;\nselect 2;" });
    expect((await p.migrate(ONE)).stderr).toContain("it is half applied");
    expect((await p.migrate([...ONE, "--to", "1"])).code).toBe(0);
  });

  test("what one file sets does not reach the next, and each is recorded by the runner's account", async () => {
    const role = `role_${major}_together`;
    const p = await project(
      {
        "1_a.sql": `create role ${role}; create schema s authorization ${role}; set search_path = s; set role ${role};
create table t (n int); set local work_mem = '1MB'; create temporary table leftover (n int);`,
        "2_b.sql":
          "create table u as select current_user::text who, current_setting('work_mem') m, to_regclass('leftover') l;",
      },
      major,
    );
    try {
      expect(await p.migrate(ONE)).toMatchObject({ code: 0 });
      const [row] = await p.query("select who = session_user same, m, l from public.u");
      expect(row).toEqual({ same: true, m: "4MB", l: null });
      expect(await p.query("select tableowner o from pg_tables where schemaname = 's'")).toEqual([
        { o: role },
      ]);
    } finally {
      await p.db.drop();
      await (await project({}, major)).query(`drop role if exists ${role}`);
    }
  });

  test("the waits for locks of all files together are bounded by one lock timeout", async () => {
    const p = await project({ "1_a.sql": "create table a ();\ncreate table b ();" }, major);
    expect((await p.migrate()).code).toBe(0);
    p.write({ "2_b.sql": "alter table a add x int;", "3_c.sql": "alter table b add x int;" });
    const [one, two] = [await connect(p.db.url), await connect(p.db.url)];
    await one.query("begin; lock table a in access share mode");
    await two.query("begin; lock table b in access share mode");
    const runner = await p.start([...ONE, "--lock-timeout", "6s", "--lock-budget", "60s"]);
    await p.until(`${executing("alter table a")} and now() - query_start > '4 s'`);
    await one.query("rollback");
    const released = performance.now();
    // Of the six seconds the first file has used more than half, so there are not six more for the second.
    await runner.waitForOutput(
      /2: a lock was not free within the lock timeout, rolled back; in the way: pid/,
    );
    expect(performance.now() - released).toBeLessThan(3500 + standstillSince(released));
    expect(await versions(p)).toEqual(["1"]);
    await two.query("rollback");
    expect((await runner.done).code).toBe(0);
    expect(await versions(p)).toEqual(["1", "2", "3"]);
  });
});

test("two at once: one applies all, the other has nothing to do", async () => {
  const p = await project(FILES);
  const env = { SLUICE_URL: p.db.url };
  const call = () => runSluice(["migrate", "--dir", p.dir, ...ONE], { env });
  const all = await Promise.all([call(), call(), call()]);
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(all.filter(({ stdout }) => stdout.includes("Applied 3 migrations"))).toHaveLength(1);
});
