import { expect, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { closedBarrier, executing, project } from "../migrate/fixture.ts";
import { connect, describeEachMajor } from "../support/postgres.ts";

test("twenty runners wait for longer than deadlock_timeout while one creates an index: no deadlock, no invalid index", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);\ninsert into t select generate_series(1, 1000);",
    "2_index.sql": "create index concurrently t_n on t (n);",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const blocker = await connect(p.db.url);
  await blocker.query("begin; update t set n = n where n = 1");
  const runners = await Promise.all(Array.from({ length: 20 }, () => p.start()));
  await p.until(executing("^create index"));
  await sleep(3000); // deadlock_timeout is 1 s
  await blocker.query("commit");
  const ends = await Promise.all(runners.map((runner) => runner.done));
  expect(ends.map((end) => end.code)).toEqual(ends.map(() => 0));
  expect(ends.filter((end) => end.stdout.includes("Applied 1 migration"))).toHaveLength(1);
  expect(
    ends.filter((end) => /t_n|still running: waiting for writers/.test(end.stderr)).length,
  ).toBeGreaterThan(0);
  expect(await p.query("select indisvalid from pg_index where indrelid = 't'::regclass")).toEqual([
    { indisvalid: true },
  ]);
}, 60_000);

test("a long wait is reported with its progress and whom it waits for", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);",
    "2_index.sql": "create index concurrently t_n on t (n);",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const blocker = await connect(p.db.url);
  await blocker.query("begin; lock table t in row exclusive mode");
  const runner = await p.start();
  const line = await runner.waitForOutput(/2: still running: .*/);
  expect(line[0]).toMatch(
    /waiting for writers before build.*waits for pid \d+ \(sluice test, idle in transaction/,
  );
  await blocker.query("commit");
  expect((await runner.done).code).toBe(0);
});

test("IF NOT EXISTS does not keep an INVALID index; a partitioned parent's is left alone", async () => {
  const p = await project({
    "1_t.sql": `create table t (n int);\ninsert into t values (1), (1);
create table part (n int) partition by range (n);\ncreate table part_a partition of part for values from (0) to (9);
create index part_n on only part (n);`,
    "2_index.sql": "create index concurrently if not exists t_n on t (n);",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const failed = await p
    .query("select 1")
    .then(() => p.query("create unique index concurrently t_n on t (n)").catch((e) => e));
  expect(failed).toBeInstanceOf(Error);
  expect((await p.migrate()).code).toBe(0);
  expect(
    await p.query(
      "select c.relname, indisvalid from pg_index join pg_class c on c.oid = indexrelid where relname in ('t_n', 'part_n') order by 1",
    ),
  ).toEqual([
    { relname: "part_n", indisvalid: false },
    { relname: "t_n", indisvalid: true },
  ]);
});

test("a statement that the server refused is not taken for done because its result was there before", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int, m int);\ncreate index t_n on t (n);",
    "2_index.sql": "create index concurrently t_n on t (m);",
    "3_drop.sql": "drop index concurrently nowhere;",
  });
  for (let run = 0; run < 2; run++) {
    const failed = await p.migrate();
    expect([failed.code, failed.stderr]).toEqual([3, expect.stringContaining("SQLSTATE 42P07")]);
  }
  p.write({ "2_index.sql": "create index concurrently t_m on t (m);" });
  for (let run = 0; run < 2; run++) {
    const failed = await p.migrate();
    expect([failed.code, failed.stderr]).toEqual([3, expect.stringContaining("SQLSTATE 42704")]);
  }
  p.write({ "3_drop.sql": "drop index concurrently if exists nowhere;" });
  expect((await p.migrate()).code).toBe(0);
});

describeEachMajor("statements that are continued", (major) => {
  test.if(major >= 14)("DETACH PARTITION CONCURRENTLY is finalised", async () => {
    const p = await project(
      {
        "1_t.sql":
          "create table part (n int) partition by range (n);\ncreate table part_a partition of part for values from (0) to (9);",
        "2_detach.sql": "alter table part detach partition part_a concurrently;\ncreate table after ();",
      },
      major,
    );
    expect((await p.migrate(["--to", "1"])).code).toBe(0);
    const reader = await connect(p.db.url);
    await reader.query("begin isolation level repeatable read; select * from part");
    const first = await p.start();
    await p.until("select 1 from pg_inherits where inhdetachpending");
    first.kill("SIGKILL");
    await first.done;
    await reader.query("commit");
    expect((await p.migrate(["--orphans", "cancel"])).code).toBe(0);
    expect(await p.query("select from pg_inherits")).toHaveLength(0);
    expect(await p.query("select to_regclass('after') is not null as made")).toEqual([{ made: true }]);
  });

  test("VALIDATE CONSTRAINT and the counters around it: nothing is done twice", async () => {
    const p = await project(
      {
        "1_t.sql":
          "create table t (n int);\ninsert into t values (0);\nalter table t add constraint positive check (n >= 0) not valid;",
        "2_steps.sql": `-- sluice: transaction=off
update t set n = n + 1;
alter table t validate constraint positive;
update t set n = n + 1;
select pg_sleep(case when to_regclass('quick') is null then 60 else 0 end);
update t set n = n + 1;`,
      },
      major,
    );
    const first = await p.start();
    await p.until(executing("pg_sleep"));
    await p.query("create table quick ()");
    first.kill("SIGKILL");
    await first.done;
    await p.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'sluice:%'
      and datname = current_database()`);
    expect((await p.migrate()).code).toBe(0);
    expect(await p.query("select n from t")).toEqual([{ n: 3 }]);
  });
});

test("an index of that name that was there before is not taken for the claimed statement's after a crash", async () => {
  const p = await project({
    "1_t.sql": "create table t (a int, b int);\ncreate index i on t (b);",
    "2_index.sql": "create table u ();\ncreate index concurrently i on t (a);",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const blocker = await connect(p.db.url);
  await blocker.query("begin; lock table t");
  const first = await p.start();
  await p.until(executing("^create index"));
  first.kill("SIGKILL");
  await first.done;
  await blocker.query("commit");
  const second = await p.migrate(["--orphans", "cancel"]);
  expect([second.code, second.stderr]).toEqual([4, expect.stringContaining("SQLSTATE 42P07")]);
  expect(await p.query("select indexdef from pg_indexes where indexname = 'i'")).toEqual([
    { indexdef: "CREATE INDEX i ON public.t USING btree (b)" },
  ]);
});

/**
 * A runner whose CREATE INDEX CONCURRENTLY loses a deadlock; the winner holds its lock until it commits. Who waits looks
 * for a deadlock once, after deadlock_timeout, and whoever finds it is ended. That is the runner: the winner is waiting
 * for it already when it has done with the writer that holds it up, and begins to wait for the winner.
 */
async function loseDeadlock(args: readonly string[] = []) {
  const p = await project({
    "1_t.sql": "create table t (a int);",
    "2_index.sql": "create index concurrently i on t (a);",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const [writer, other] = [await connect(p.db.url), await connect(p.db.url)];
  await writer.query("begin; insert into t values (1)");
  const runner = await p.start(args);
  await p.until(`${executing("^create index")} and wait_event_type = 'Lock'`);
  await other.query("set deadlock_timeout = '10min'; begin; insert into t values (2)");
  const locked = other.query("lock table t in share update exclusive mode");
  await p.until("select 1 from pg_locks where relation = 't'::regclass and not granted");
  await writer.query("commit");
  await locked;
  return { p, other, runner };
}

test.each([
  [0, "lets go at once"],
  [1500, "keeps its lock for a while"],
])("a claimed statement that loses a deadlock is tried again (%i ms: the winner %s)", async (holdMs) => {
  const { p, other, runner } = await loseDeadlock();
  await sleep(holdMs);
  await other.query("commit");
  const end = await runner.done;
  expect([end.code, end.stderr]).toEqual([0, expect.stringContaining("deadlock")]);
  expect(await p.query("select indisvalid from pg_index where indrelid = 't'::regclass")).toEqual([
    { indisvalid: true },
  ]);
});

test("while the winner of a deadlock keeps its lock, no longer than the lock budget: half-way, and the next run goes on", async () => {
  const { p, other, runner } = await loseDeadlock(["--lock-budget", "1s"]);
  const end = await runner.done;
  expect([end.code, end.stderr]).toEqual([4, expect.stringContaining("SQLSTATE 40P01")]);
  await other.query("commit");
  expect((await p.migrate()).code).toBe(0);
  expect(await p.query("select indisvalid from pg_index where indrelid = 't'::regclass")).toEqual([
    { indisvalid: true },
  ]);
});

test("a procedure that loses a deadlock fails at once: whether it took effect cannot be seen", async () => {
  const p = await project({
    "1_t.sql": `create table x (); create table y ();
create procedure work() language plpgsql as
  'begin commit; lock table x; perform from barrier; lock table y; end';`,
    "2_call.sql": "-- sluice: transaction=off\ncall work();",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const barrier = await closedBarrier(p);
  const other = await connect(p.db.url);
  await other.query("set deadlock_timeout = '10min'; begin; lock table y");
  const runner = await p.start(["--lock-timeout", "1m"]);
  await p.until("select 1 from pg_locks where relation = 'barrier'::regclass and not granted");
  const theirs = other.query("lock table x; commit");
  // The runner waits last, so it is the one that finds the deadlock.
  await p.until("select 1 from pg_locks where relation = 'x'::regclass and not granted");
  await barrier.query("commit");
  const end = await runner.done;
  expect([end.code, end.stderr]).toEqual([4, expect.stringContaining("SQLSTATE 40P01")]);
  expect(end.stderr).not.toContain("again in");
  await theirs;
});

test("REINDEX that is continued drops no other table's leftovers", async () => {
  const p = await project({
    "1_t.sql":
      "create table t (a int);\ncreate index t_a on t (a);\ncreate table other (a int);\ninsert into other values (1), (1);",
    "2_reindex.sql": "reindex table concurrently t;",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  await p.query("create unique index concurrently mine_ccnew on other (a)").catch(() => undefined);
  const blocker = await connect(p.db.url);
  await blocker.query("begin; lock table t in row exclusive mode");
  const first = await p.start();
  await p.until(executing("^reindex"));
  first.kill("SIGKILL");
  await first.done;
  await blocker.query("commit");
  expect((await p.migrate(["--orphans", "cancel"])).code).toBe(0);
  expect(await p.query("select from pg_class where relname = 'mine_ccnew'")).toHaveLength(1);
  expect(await p.query("select indisvalid from pg_index where indrelid = 't'::regclass")).toEqual([
    { indisvalid: true },
  ]);
});

test("a runner whose lock was dropped by its own file does nothing twice", async () => {
  const p = await project({
    "1_steps.sql": `-- sluice: transaction=off
create table c (n int);
insert into c values (0);
do $$ begin perform pg_advisory_unlock_all(); end $$;
select from barrier;
update c set n = n + 1;
select pg_sleep(1);
update c set n = n + 1;`,
  });
  const barrier = await closedBarrier(p);
  const first = await p.start(["--lock-timeout", "1m"]);
  const both = executing("from barrier").replace("select pid", "select count(*)");
  await p.until(executing("from barrier"));
  const second = await p.start(["--lock-timeout", "1m"]);
  await p.until(`${both} having count(*) = 2`);
  await barrier.query("commit");
  const ends = await Promise.all([first.done, second.done]);
  expect(ends.map((end) => end.code).sort()).toEqual([0, 75]);
  expect(await p.query("select n from c")).toEqual([{ n: 2 }]);
});

test("set_config of a finished statement is replayed like SET", async () => {
  const p = await project({
    "1_steps.sql": `-- sluice: transaction=off
create schema app;
select pg_catalog.set_config('search_path', 'app', false);
create table one ();
select pg_sleep(case when to_regclass('public.quick') is null then 60 else 0 end);
create table two ();`,
  });
  const first = await p.start();
  await p.until(executing("pg_sleep"));
  await p.query("create table quick ()");
  first.kill("SIGKILL");
  await first.done;
  expect((await p.migrate(["--orphans", "cancel"])).code).toBe(0);
  expect(
    await p.query("select schemaname, tablename from pg_tables where tablename in ('one', 'two') order by 2"),
  ).toEqual([
    { schemaname: "app", tablename: "one" },
    { schemaname: "app", tablename: "two" },
  ]);
});
