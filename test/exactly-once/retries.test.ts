import { expect, test } from "bun:test";
import { closedBarrier, executing, project } from "../migrate/fixture.ts";

test("a serialization conflict is tried again, other errors are not", async () => {
  const raise = (code: string) =>
    `do $$ begin if nextval('tries') = 1 then raise exception 'once' using errcode = '${code}'; end if; end $$;`;
  const p = await project({
    "1_s.sql": "create sequence tries;\ncreate table t (n int);",
    "2_passing.sql": `insert into t values (1);\n${raise("40001")}`,
  });
  const run = await p.migrate();
  expect([run.code, run.stderr]).toEqual([0, expect.stringContaining("serialization conflict, rolled back")]);
  expect(await p.query("select n from t")).toEqual([{ n: 1 }]);
  await p.query("alter sequence tries restart");
  p.write({ "3_lasting.sql": `insert into t values (2);\n${raise("22000")}` });
  expect((await p.migrate()).code).toBe(3);
  expect(await p.query("select n from t")).toEqual([{ n: 1 }]);
});

test("SIGTERM: the statement in flight may finish within --grace, and is recorded; nothing more is begun", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);\ninsert into t select n from barrier;",
    "2_next.sql": "create table next ();",
  });
  const barrier = await closedBarrier(p);
  const runner = await p.start(["--grace", "1m", "--lock-timeout", "1m"]);
  await p.until(executing("from barrier"));
  runner.kill("SIGTERM");
  await Bun.sleep(500); // it says nothing when the signal has arrived
  await barrier.query("commit");
  expect((await runner.done).code).toBe(143);
  expect(await p.query("select id, state from sluice_history")).toEqual([{ id: "1", state: "applied" }]);
  expect(await p.query("select to_regclass('next') is null as missing, n from t")).toEqual([
    { missing: true, n: 1 },
  ]);
});

test("a second signal ends it at once, and the server ends the statement", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);\ninsert into t select 1 from pg_sleep(60);",
  });
  const runner = await p.start(["--grace", "60s"]);
  await p.until(executing("pg_sleep"));
  runner.kill("SIGTERM");
  const began = performance.now();
  runner.kill("SIGINT"); // the same one twice could arrive as one
  expect([130, 143]).toContain((await runner.done).code as number);
  expect(performance.now() - began).toBeLessThan(30_000);
  await p.until(`select 1 where not exists (select from pg_stat_activity where state = 'active'
    and application_name like 'sluice:%' and datname = current_database())`);
});
