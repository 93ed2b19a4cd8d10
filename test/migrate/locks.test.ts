import { expect, test } from "bun:test";
import { connect, describeEachMajor } from "../support/postgres.ts";
import { standstillSince } from "../support/standstill.ts";
import { closedBarrier, executing, lockIsFree, project, versions } from "./fixture.ts";

describeEachMajor("a lock in the way", (major) => {
  test("is named; the file is rolled back, tried again, and done when it is free", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (n int);",
        "2_n.sql": "create table other ();\nalter table t add column m int;",
      },
      major,
    );
    expect((await p.migrate(["--to", "1"])).code).toBe(0);
    const blocker = await connect(p.db.url);
    await blocker.query("begin; select from t");
    const runner = await p.start(["--lock-timeout", "200ms"]);
    const [line, pid] = await runner.waitForOutput(/warning: 2: .*in the way: pid (\d+).*/);
    expect(line).toContain("a lock was not free within the lock timeout, rolled back");
    expect(line).toContain("(sluice test, idle in transaction, transaction open for ");
    expect(line).toContain("begin; select from t");
    expect(line).toMatch(/trying again in [\d.]+m?s/);
    expect([{ pid: Number(pid) }]).toEqual(
      await blocker.query("select pg_backend_pid() pid").then(({ rows }) => rows),
    );
    // Between two tries nothing of the file stands in anybody's way.
    expect(await p.query("select to_regclass('other') o")).toEqual([{ o: null }]);
    await blocker.query("commit");
    expect((await runner.done).code).toBe(0);
    expect(await versions(p)).toEqual(["1", "2"]);
  });

  test("for longer than --lock-budget: exit 75, nothing left", async () => {
    const p = await project(
      { "1_t.sql": "create table t (n int);", "2_n.sql": "create table other ();\nalter table t add m int;" },
      major,
    );
    expect((await p.migrate(["--to", "1"])).code).toBe(0);
    const blocker = await connect(p.db.url);
    await blocker.query("begin; select from t");
    const ended = await p.migrate(["--lock-timeout", "500ms", "--lock-budget", "4s"]);
    expect([ended.code, ended.stderr]).toEqual([
      75,
      expect.stringMatching(/warning: 2[\s\S]*error SL4030: /),
    ]);
    expect(ended.stderr).toMatch(/error SL4030[\s\S]*pid \d+ \(sluice test, idle in transaction/);
    expect(ended.ms).toBeLessThan(30_000);
    expect(await p.query("select to_regclass('other') o")).toEqual([{ o: null }]);
    expect(await versions(p)).toEqual(["1"]);
    expect(await lockIsFree(p)).toBe(true);
  });
});

test("in a file of steps: only the step is tried again", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int); create table mark (n int);",
    "2_n.sql": "-- sluice: transaction=off\ninsert into mark values (1);\nalter table t add m int;",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const blocker = await connect(p.db.url);
  await blocker.query("begin; select from t");
  const ended = await p.migrate(["--lock-timeout", "100ms", "--lock-budget", "500ms"]);
  expect([ended.code, ended.stderr]).toEqual([75, expect.stringContaining("SL4030")]);
  await blocker.query("commit");
  const done = await p.migrate();
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining("behind statement 1 of 2")]);
  expect(await p.query("select from mark")).toHaveLength(1);
});

test("the waits of one file add up to no more than the lock timeout", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int); create table u (n int);",
    "2_n.sql": "lock table t; lock table u;",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const [one, two] = [await connect(p.db.url), await connect(p.db.url)];
  await one.query("begin; select from t");
  await two.query("begin; select from u");
  const runner = await p.start(["--lock-timeout", "6s"]);
  await p.until(executing("lock table t"));
  const { pid } = await p.until(executing("lock table t"));
  await one.query("select pg_sleep(4)");
  await one.query("commit");
  await p.until(`${executing("lock table u")} and pid = ${pid}`);
  // The second wait gets what the first has left: alone it would be 6 s.
  const at = performance.now();
  await runner.waitForOutput(/warning: 2: a lock was not free/);
  expect(performance.now() - at).toBeLessThan(3_500 + standstillSince(at));
  await two.query("commit");
  expect((await runner.done).code).toBe(0);
});

test("a directive of the file, and a SET in it, go before --lock-timeout", async () => {
  const p = await project({
    "1_t.sql": "create table seen (v text);",
    "2_n.sql":
      "-- sluice: lock_timeout=7s\n-- sluice: statement_timeout=8s\ninsert into seen select current_setting('lock_timeout') || ' ' || current_setting('statement_timeout');",
    "3_n.sql":
      "set lock_timeout = '9s';\nselect 1;\ninsert into seen select current_setting('lock_timeout');",
    "4_n.sql":
      "insert into seen select current_setting('lock_timeout') || ' ' || current_setting('statement_timeout');",
  });
  expect((await p.migrate(["--lock-timeout", "3s", "--statement-timeout", "4s"])).code).toBe(0);
  expect((await p.query("select v from seen")).map((row) => row.v)).toEqual(["7s 8s", "9s", "3s 4s"]);
});

test("--statement-timeout", async () => {
  const p = await project({ "1_t.sql": "create table t ();\nselect pg_sleep(30);" });
  const ended = await p.migrate(["--statement-timeout", "2s"]);
  expect(ended.code).toBe(3);
  expect(ended.stderr).toMatch(/statement timeout[\s\S]*1_t\.sql:2[\s\S]*SQLSTATE 57014/);
  expect(await p.query("select to_regclass('t') t")).toEqual([{ t: null }]);
});

test("time-outs of the server and the role do not end a migration", async () => {
  const p = await project({ "1_t.sql": "select pg_sleep(0.5);", "2_t.sql": "vacuum; select pg_sleep(0.3);" });
  await p.query(`do $$ declare setting text; begin
    foreach setting in array array['statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout', 'transaction_timeout']
    loop execute format('alter database %I set %I = ''200ms''', current_database(), setting); end loop; end $$`);
  const ended = await p.migrate();
  expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining("applied 2")]);
});

test("a deadlock with another session is tried again", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int); create table u (n int); create table done (n int);",
    "2_n.sql": "insert into done values (1);\nlock table t;\nlock table barrier;\nlock table u;",
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const barrier = await closedBarrier(p);
  const other = await connect(p.db.url);
  // Who waits looks for a deadlock once, after deadlock_timeout. The runner is who finds it, and is ended: it waits last.
  await other.query("set deadlock_timeout = '10min'; begin; lock table u");
  const runner = await p.start(["--lock-timeout", "50s"]);
  await p.until(executing("lock table barrier"));
  const locked = other.query("lock table t; commit");
  await p.until("select 1 from pg_locks where relation = 't'::regclass and not granted");
  await barrier.query("commit");
  await runner.waitForOutput(/the server ended a deadlock/);
  await locked;
  expect((await runner.done).code).toBe(0);
  expect(await p.query("select from done")).toHaveLength(1);
});
