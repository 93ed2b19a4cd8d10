import { expect, test } from "bun:test";
import { connect, describeEachMajor } from "../support/postgres.ts";
import { endBackends, executing, gone, type Project, project, versions } from "./fixture.ts";

/** Starts a runner, and kills it when the server executes what matches; its backend lives on. */
async function killIn(p: Project, pattern: string): Promise<void> {
  const runner = await p.start();
  await p.until(executing(pattern));
  runner.kill("SIGKILL");
  expect((await runner.done).signal).toBe("SIGKILL");
}

describeEachMajor("SIGKILL in the middle of", (major) => {
  test("a transactional file: the next run waits for the statement in flight, then does it all", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (n int);",
        "2_n.sql":
          "insert into t values (1);\nselect pg_sleep(60) where not exists (select from pg_tables where tablename = 'quick');\ninsert into t values (2);",
      },
      major,
    );
    const runner = await p.start();
    await p.until(executing("pg_sleep"));
    await p.query("create table quick ()");
    const next = await p.start();
    const [, pid] = await next.waitForOutput(/held by pid (\d+) \(sluice:.*pg_sleep/);
    // The dead runner's backend still holds the lock: nobody else may begin. Frozen, it does not notice the death, which
    // it does within 2 s from 14 on.
    process.kill(Number(pid), "SIGSTOP");
    try {
      runner.kill("SIGKILL");
      expect((await runner.done).signal).toBe("SIGKILL");
      const [row] = await p.query("select clock_timestamp()::text as at");
      // The next one has looked again since.
      await p.until(`select 1 from pg_stat_activity where query_start > '${row?.["at"]}'
        and application_name like 'sluice:%' and datname = current_database() and pid <> ${pid}`);
      expect(await versions(p)).toEqual(["1"]);
      await p.query("select pg_terminate_backend($1)", [Number(pid)]);
    } finally {
      process.kill(Number(pid), "SIGCONT");
    }
    const { code, stderr } = await next.done;
    expect([code, stderr]).toEqual([0, expect.stringContaining("applied 2 n")]);
    expect(await p.query("select n from t")).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await versions(p)).toEqual(["1", "2"]);
  });

  test("a file of steps: finished statements stay finished, the one in flight is run again", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (n int);\ninsert into t values (0);",
        "2_n.sql": `-- sluice: transaction=off
update t set n = n + 1;
update t set n = n + 10 where pg_sleep(case when to_regclass('quick') is null then 60 else 0 end) is not null;
update t set n = n + 100;`,
      },
      major,
    );
    await killIn(p, "pg_sleep");
    expect((await p.history())[1]).toMatchObject({
      state: "running",
      statements_done: 1,
      statements_total: 3,
    });
    await endBackends(p);
    await p.query("create table quick ()");
    const { code, stderr } = await p.migrate();
    expect([code, stderr]).toEqual([0, expect.stringContaining("continuing 2 n behind statement 1 of 3")]);
    expect(await p.query("select n from t")).toEqual([{ n: 111 }]);
  });

  test("CREATE INDEX CONCURRENTLY: its INVALID index is built again", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (a int);\ncreate table mark (n int);\ninsert into mark values (0);",
        "2_i.sql":
          "update mark set n = n + 1;\ncreate index concurrently t_a on t (a);\nupdate mark set n = n + 10;",
      },
      major,
    );
    expect((await p.migrate(["--to", "1"])).code).toBe(0);
    const blocker = await connect(p.db.url);
    await blocker.query("begin; lock table t in row exclusive mode");
    await killIn(p, "^create index");
    expect((await p.history())[1]).toMatchObject({
      state: "running",
      statements_done: 1,
      statement: "create index concurrently t_a on t (a)",
    });
    // From 14 on the server notices by itself that the client is gone, within 2 s.
    if (major < 14) await endBackends(p);
    await p.until(gone);
    const valid = "select indexrelid, indisvalid from pg_index where indrelid = 't'::regclass";
    const [left] = await p.query(valid);
    expect(left?.indisvalid).toBe(false);
    await blocker.query("rollback");
    const { code, stderr } = await p.migrate();
    expect([code, stderr]).toEqual([0, expect.stringContaining("continuing 2 i behind statement 1 of 3")]);
    const built = await p.query(valid);
    expect(built).toHaveLength(1);
    expect(built[0]).toMatchObject({ indisvalid: true });
    expect(built[0]?.indexrelid).not.toBe(left?.indexrelid);
    expect(await p.query("select n from mark")).toEqual([{ n: 11 }]);
  });

  test("CREATE INDEX CONCURRENTLY that the server finished alone: it counts as done", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (a int);",
        "2_i.sql": "create index concurrently t_a on t (a);\ninsert into t values (1);",
      },
      major,
    );
    expect((await p.migrate(["--to", "1"])).code).toBe(0);
    const blocker = await connect(p.db.url);
    await blocker.query("begin; lock table t in row exclusive mode");
    const runner = await p.start();
    await p.until(executing("^create index"));
    runner.kill("SIGSTOP");
    await blocker.query("commit");
    await p.until("select 1 from pg_index where indisvalid and indrelid = 't'::regclass");
    runner.kill("SIGKILL");
    await runner.done;
    await p.until(gone);
    const [index] = await p.query(
      "select indexrelid from pg_index where indisvalid and indrelid = 't'::regclass",
    );
    expect(index).toBeDefined();
    const { code, stderr } = await p.migrate();
    expect([code, stderr]).toEqual([0, expect.stringContaining("continuing 2 i behind statement 0 of 2")]);
    expect(await p.query("select indexrelid from pg_index where indrelid = 't'::regclass")).toEqual([
      index as object,
    ]);
    expect(await p.query("select from t")).toHaveLength(1);
  });

  test("DROP INDEX CONCURRENTLY and VACUUM: run again, or counted as done", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (a int);\ncreate index t_a on t (a);",
        "2_i.sql": "drop index concurrently t_a;\nvacuum t;",
      },
      major,
    );
    expect((await p.migrate(["--to", "1"])).code).toBe(0);
    const blocker = await connect(p.db.url);
    await blocker.query("begin; lock table t in row exclusive mode");
    await killIn(p, "^drop index");
    await endBackends(p);
    await blocker.query("rollback; begin; lock table t in share row exclusive mode");
    const next = await p.start();
    await p.until(executing("^(vacuum|drop index)"));
    await blocker.query("rollback");
    const { code, stderr } = await next.done;
    expect([code, stderr]).toEqual([0, expect.stringContaining("continuing 2 i")]);
    expect(await p.query("select to_regclass('t_a') i")).toEqual([{ i: null }]);
    expect((await p.history())[1]).toMatchObject({ state: "applied", statements_done: 2, statement: null });
  });
});
