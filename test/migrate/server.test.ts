import { expect, setDefaultTimeout, test } from "bun:test";
import { createDatabase, ownServer, query } from "../support/postgres.ts";
import { standstillSince } from "../support/standstill.ts";
import { executing, project, projectOfOwnServer, projectOn, versions } from "./fixture.ts";

setDefaultTimeout(60_000);

const slow = "pg_sleep(case when to_regclass('quick') is null then 60 else 0 end)";

// Ten seconds of connecting again pass before a run gives up: meanwhile the other tests run.
const doomed = await begin();

async function begin() {
  const p = projectOn(await createDatabase(await ownServer()), {
    "1_t.sql": "create table t (n int);",
    "2_n.sql": `insert into t values (1);\nselect ${slow};\ninsert into t values (2);`,
  });
  const runner = await p.start(["--wait", "1s"]);
  await p.until(executing("pg_sleep"));
  await p.db.server.kill();
  return { p, ended: runner.done };
}

test("a server that restarts in the middle: the run goes on by itself", async () => {
  const p = await projectOfOwnServer({
    "1_t.sql": "create table t (n int);",
    "2_n.sql": `insert into t values (1);\nselect ${slow};`,
    "3_steps.sql": `-- sluice: transaction=off\ninsert into t values (2);\ninsert into t select 3 from ${slow};`,
    "4_vacuum.sql": "insert into t values (4);\nvacuum t;",
  });
  const runner = await p.start(["-o", "json", "--wait", "60s"]);
  await p.until(executing("pg_sleep"));
  await p.query("create table quick ()");
  await p.db.server.restart();
  await runner.waitForOutput(/lost[\s\S]*applied 2 n/);
  const done = await runner.done;
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining("applied 4 vacuum")]);
  expect(JSON.parse(done.stdout).applied.map((one: { version: string }) => one.version)).toEqual([
    "1",
    "2",
    "3",
    "4",
  ]);
  expect(await p.query("select n from t")).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
});

test("a crash in a file of steps, and a restart under a runner that waits for the lock", async () => {
  const p = await projectOfOwnServer({
    "1_t.sql": "create table t (n int);\ninsert into t values (0);",
    "2_steps.sql": `-- sluice: transaction=off\nupdate t set n = n + 1;\nupdate t set n = n + 10 from ${slow} s;\nupdate t set n = n + 100;`,
  });
  const runner = await p.start(["--wait", "60s"]);
  await p.until(executing("pg_sleep"));
  const second = await p.start(["--wait", "60s"]);
  await second.waitForOutput(/waiting for the runner lock/);
  await p.query("create table quick ()");
  await p.db.server.kill();
  await p.db.server.restart();
  for (const one of [await runner.done, await second.done])
    expect([one.code, one.stderr]).toEqual([0, expect.stringContaining("connecting again")]);
  expect(await p.query("select n from t")).toEqual([{ n: 111 }]);
});

test("--wait for a server that starts later", async () => {
  const p = await projectOfOwnServer({ "1_t.sql": "create table t (n int);" });
  await p.db.server.kill();
  const at = performance.now();
  const once = await p.migrate();
  expect([once.code, once.stderr]).toEqual([69, expect.stringContaining("SL3020")]);
  // Not the 10 s for which a runner looks for a server that it has lost.
  expect(performance.now() - at).toBeLessThan(8_000 + standstillSince(at));
  const short = await p.migrate(["--wait", "2s"]);
  expect([short.code, short.stderr]).toEqual([69, expect.stringMatching(/waiting for .*nothing listens/)]);
  const runner = await p.start(["--wait", "60s"]);
  await runner.waitForOutput(/waiting for postgres@127\.0\.0\.1:\d+\/\w+: nothing listens/);
  await p.db.server.restart();
  expect((await runner.done).code).toBe(0);
  expect(await versions(p)).toEqual(["1"]);
});

test("a server that accepts no writes", async () => {
  const p = await project({ "1_t.sql": "create table t (n int);" });
  const alter = (what: string) => query(p.db.server.url(), `alter database ${p.db.name} ${what}`);
  await alter("set default_transaction_read_only = on");
  const refused = await p.migrate();
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("SL3054")]);
  await alter("reset default_transaction_read_only");
  expect((await p.migrate()).code).toBe(0);
  await alter("set default_transaction_read_only = on");
  const idle = await p.migrate();
  expect([idle.code, idle.stdout]).toEqual([0, expect.stringContaining("Nothing to do")]);
  p.write({ "2_u.sql": "create table u (n int);" });
  const more = await p.migrate();
  expect([more.code, more.stderr]).toEqual([2, expect.stringContaining("SL3054")]);
  const dry = await p.migrate(["--dry-run"]);
  expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("create table u")]);
  expect(await versions(p)).toEqual(["1"]);
});

test("a server that crashes in the middle and stays away: exit 69, and the next run recovers", async () => {
  const { p, ended } = doomed;
  const end = await ended;
  expect(end.stderr).toContain("the connection to the database was lost; connecting again");
  expect([end.code, end.stderr]).toEqual([69, expect.stringContaining("SL3020")]);
  await p.db.server.restart();
  await p.query("create table quick ()");
  expect(await versions(p)).toEqual(["1"]);
  expect((await p.migrate()).code).toBe(0);
  expect(await p.query("select n from t")).toEqual([{ n: 1 }, { n: 2 }]);
});
