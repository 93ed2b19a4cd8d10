import { expect, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { closedBarrier, executing, project } from "../migrate/fixture.ts";

test("a runner that stood still, with the one that waits for it, is not taken for dead when both go on", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);",
    "2_slow.sql": "-- sluice: transaction=off\ninsert into t select n from barrier;",
  });
  const barrier = await closedBarrier(p);
  const first = await p.start(["--lock-timeout", "2m"]);
  await p.until(executing("from barrier"));
  const second = await p.start(["--orphans", "cancel"]);
  await second.waitForOutput(/waiting for the runner lock/);
  for (const runner of [first, second]) runner.kill("SIGSTOP");
  await sleep(12_000); // longer than a runner may be silent
  second.kill("SIGCONT");
  await second.waitForOutput(/seems to be gone/);
  // Once more, and the one that waits is the first to look.
  second.kill("SIGSTOP");
  await sleep(6000);
  second.kill("SIGCONT");
  await sleep(500);
  first.kill("SIGCONT");
  await sleep(6000); // as long as an orphan is given
  await barrier.query("commit");
  expect([(await first.done).code, (await second.done).code]).toEqual([0, 0]);
  expect(second.output).not.toContain("whose runner is gone");
  expect(await p.query("select n from t")).toEqual([{ n: 1 }]);
});

// PostgreSQL 13 cannot be told to look after its clients (client_connection_check_interval is of 14).
test("a statement whose runner was killed still holds the lock: it is named, and ended with --orphans cancel", async () => {
  const p = await project(
    {
      "1_t.sql": "create table t (n int);",
      "2_slow.sql":
        "-- sluice: transaction=off\ninsert into t values (1);\ninsert into t select 2 from pg_sleep(case when to_regclass('quick') is null then 60 else 0 end);",
    },
    13,
  );
  const first = await p.start();
  await p.until(executing("pg_sleep"));
  const alive = await p.start(["--orphans", "cancel"]);
  await alive.waitForOutput(/waiting for the runner lock, held by pid \d+ .*2_slow\.sql:3/);
  await sleep(6000); // as long as the statement must have run before its runner may be thought dead
  expect(alive.output).not.toContain("seems to be gone");
  await p.query("create table quick ()");
  first.kill("SIGKILL");
  await first.done;
  expect((await alive.done).code).toBe(0);
  expect(alive.output).toMatch(/ended pid \d+ .*whose runner is gone/);
  expect(await p.query("select n from t order by n")).toEqual([{ n: 1 }, { n: 2 }]);
});

test("the server ends the statement of a dead client by itself (PostgreSQL 14 and later)", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);",
    "2_slow.sql":
      "insert into t select 2 from pg_sleep(case when to_regclass('quick') is null then 60 else 0 end);",
  });
  const first = await p.start();
  await p.until(executing("pg_sleep"));
  await p.query("create table quick ()");
  first.kill("SIGKILL");
  const second = await p.migrate(["--lock-wait", "60s"]);
  expect([second.code, second.stderr]).toEqual([0, expect.stringContaining("applied 2")]);
  expect(await p.query("select n from t")).toEqual([{ n: 2 }]);
});
