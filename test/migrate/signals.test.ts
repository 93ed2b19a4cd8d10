import { expect, test } from "bun:test";
import { connect, describeEachMajor } from "../support/postgres.ts";
import { executing, gone, lockIsFree, project } from "./fixture.ts";

describeEachMajor("a signal", (major) => {
  for (const [signal, status] of [
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const) {
    test(`${signal} ends with ${status}, nothing half-recorded and the lock free`, async () => {
      const slow = "case when to_regclass('quick') is null then 60 else 0 end";
      const p = await project(
        {
          "1_t.sql": "create table t (n int);",
          "2_n.sql": `insert into t values (1);\nselect pg_sleep(${slow});`,
          "3_steps.sql": `-- sluice: transaction=off\ninsert into t values (2);\ninsert into t select 3 from pg_sleep(${slow});`,
        },
        major,
      );
      const runner = await p.start(["--grace", "0"]);
      await p.until(executing("pg_sleep"));
      runner.kill(signal);
      const ended = await runner.done;
      expect([ended.code, ended.stderr]).toEqual([status, expect.stringContaining(signal)]);
      await p.until(gone);
      expect(await lockIsFree(p)).toBe(true);
      expect((await p.history()).map((row) => [row.id, row.state, row.error, row.statements_done])).toEqual([
        ["1", "applied", null, 1],
        ["2", "failed", "interrupted by a signal", 0],
      ]);
      expect(await p.query("select from t")).toHaveLength(0);

      await p.query("create table quick ()");
      expect((await p.migrate(["--to", "2"])).code).toBe(0);
      await p.query("drop table quick");
      const second = await p.start(["--grace", "0"]);
      await p.until(executing("select 3 from"));
      second.kill(signal);
      expect((await second.done).code).toBe(status);
      expect((await p.history())[2]).toMatchObject({ state: "failed", statements_done: 1, statement: null });
      await p.query("create table quick ()");
      expect((await p.migrate()).code).toBe(0);
      expect(await p.query("select n from t")).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    });
  }

  test("SIGTERM in CREATE INDEX CONCURRENTLY: the next run mends the index", async () => {
    const p = await project(
      { "1_t.sql": "create table t (a int);", "2_i.sql": "create index concurrently t_a on t (a);" },
      major,
    );
    expect((await p.migrate(["--to", "1"])).code).toBe(0);
    const blocker = await connect(p.db.url);
    await blocker.query("begin; lock table t in row exclusive mode");
    const runner = await p.start(["--grace", "0"]);
    await p.until(executing("^create index"));
    runner.kill("SIGTERM");
    expect((await runner.done).code).toBe(143);
    await p.until(gone);
    expect((await p.history())[1]).toMatchObject({ state: "failed", error: "interrupted by a signal" });
    await blocker.query("rollback");
    expect((await p.migrate()).code).toBe(0);
    expect(await p.query("select indisvalid from pg_index where indrelid = 't'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });
});

test("a signal ends the wait for the runner lock and for the database", async () => {
  const p = await project({ "1_t.sql": "select pg_sleep(60);" });
  const runner = await p.start(["--grace", "0"]);
  await p.until(executing("pg_sleep"));
  const second = await p.start(["--grace", "0"]);
  await second.waitForOutput(/waiting for the runner lock/);
  second.kill("SIGINT");
  expect((await second.done).code).toBe(130);
  runner.kill("SIGTERM");
  expect((await runner.done).code).toBe(143);
  const waiting = await p.start(["--wait", "1m"], { env: { SLUICE_URL: "postgres://x@127.0.0.1:1/x" } });
  await waiting.waitForOutput(/waiting for x@127\.0\.0\.1:1\/x/);
  waiting.kill("SIGTERM");
  expect((await waiting.done).code).toBe(143);
});
