import { expect, test } from "bun:test";
import { FILES, migrated, sluice, start } from "./down-fixture.ts";
import { staysClosed } from "./gate/fixture.ts";
import { endBackends, executing, versions } from "./migrate/fixture.ts";
import { connect, describeEachMajor } from "./support/postgres.ts";

describeEachMajor("down", (major) => {
  test("SIGKILL in the middle: nothing is lost or done twice, and migrate waits until it is finished", async () => {
    const p = await migrated(
      {
        "1_t.sql": "create table t (n int);\ninsert into t values (0);\n-- sluice:down\ndrop table t;",
        "2_n.sql": `-- sluice: transaction=off
select 1;
-- sluice:down
update t set n = n + 1;
update t set n = n + 10 where pg_sleep(case when to_regclass('quick') is null then 60 else 0 end) is not null;
update t set n = n + 100;`,
      },
      major,
    );
    const killed = await start(p, "down", "--to", "1");
    await p.until(executing("pg_sleep"));
    killed.kill("SIGKILL");
    await killed.done;
    await endBackends(p);
    expect((await p.history())[1]).toMatchObject({
      state: "running",
      down_done: 1,
      down_total: 3,
      statements_done: 1,
    });
    const refused = await p.migrate();
    expect([refused.code, refused.stderr]).toEqual([
      4,
      expect.stringMatching(/SL4110.*half reverted: 1 of 3[\s\S]*down --to 1/),
    ]);
    expect((await sluice(p, "status")).stdout).toContain("running (1 of 3), half reverted");
    await staysClosed(await start(p, "wait", "schema"), /2 n is being reverted: 1 of 3/);
    // Not past it, and not elsewhere.
    expect((await sluice(p, "down", "--to", "2")).stderr).toContain("SL4110");
    await p.query("create table quick ()");
    const { code, stderr } = await sluice(p, "down", "--to", "1");
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("continuing to revert 2 n behind statement 1 of 3"),
    ]);
    expect(await p.query("select n from t")).toEqual([{ n: 111 }]);
    expect((await p.history())[1]).toMatchObject({ state: "reverted", down_done: null, statements_done: 0 });
    expect((await p.migrate()).code).toBe(0);
  });

  test("SIGKILL in a transactional down part: rolled back, and the next run does it", async () => {
    const p = await migrated(
      {
        "1_t.sql": "create table t (n int);\ninsert into t values (0);\n-- sluice:down",
        "2_n.sql":
          "select 1;\n-- sluice:down\nupdate t set n = n + 1;\nselect pg_sleep(60) where to_regclass('quick') is null;",
      },
      major,
    );
    const killed = await start(p, "down", "--steps", "1");
    await p.until(executing("pg_sleep"));
    killed.kill("SIGKILL");
    await killed.done;
    await endBackends(p);
    expect(await versions(p)).toEqual(["1", "2"]);
    await p.query("create table quick ()");
    expect((await sluice(p, "down", "--steps", "1")).code).toBe(0);
    expect(await p.query("select n from t")).toEqual([{ n: 1 }]);
    expect(await versions(p)).toEqual(["1"]);
  });

  test("SIGKILL in DROP INDEX CONCURRENTLY: claimed, and dropped by the next run", async () => {
    const p = await migrated(
      {
        "1_t.sql": "create table t (n int);",
        "2_i.sql": "create index t_n on t (n);\n-- sluice:down\ndrop index concurrently t_n;",
      },
      major,
    );
    const blocker = await connect(p.db.url);
    await blocker.query("begin; lock table t in row exclusive mode");
    const killed = await start(p, "down", "--steps", "1");
    await p.until(executing("^drop index"));
    killed.kill("SIGKILL");
    await killed.done;
    await endBackends(p);
    expect((await p.history())[1]).toMatchObject({ down_done: 0, statement: "drop index concurrently t_n" });
    await blocker.query("rollback");
    expect((await sluice(p, "down", "--to", "1")).code).toBe(0);
    expect(await p.query("select to_regclass('t_n') i")).toEqual([{ i: null }]);
    expect(await versions(p)).toEqual(["1"]);
  });

  test("two at once: one reverts, both succeed, also with --steps", async () => {
    const p = await migrated(
      { ...FILES, "4_d.sql": "select 1;\n-- sluice:down\nlock table b;\ninsert into a values (4);" },
      major,
    );
    for (const target of [
      ["--steps", "1"],
      ["--to", "3"],
    ]) {
      expect((await p.migrate()).code).toBe(0);
      await p.query("truncate a");
      const blocker = await connect(p.db.url);
      await blocker.query("begin; lock table b in access share mode");
      const first = await start(p, "down", ...target, "--lock-timeout", "1m");
      await p.until(executing("lock table b"));
      const second = await start(p, "down", ...target);
      await second.waitForOutput(/waiting for the runner lock/);
      await blocker.query("rollback");
      const [one, two] = [await first.done, await second.done];
      expect([one.code, two.code]).toEqual([0, 0]);
      expect([one.stdout, two.stdout]).toEqual([
        expect.stringContaining("Reverted 1 migration "),
        expect.stringContaining("Nothing to revert"),
      ]);
      expect(await versions(p)).toEqual(["1", "2", "3"]);
      expect(await p.query("select n from a")).toEqual([{ n: 4 }]);
    }
  });
});

test("--steps reverts nothing when another runner applied something meanwhile", async () => {
  const p = await migrated(FILES);
  p.write({ "4_d.sql": "lock table b;\n-- sluice:down" });
  const blocker = await connect(p.db.url);
  await blocker.query("begin; lock table b in access share mode");
  const runner = await p.start(["--lock-timeout", "1m"]);
  await p.until(executing("lock table b"));
  const late = await start(p, "down", "--steps", "1");
  await late.waitForOutput(/waiting for the runner lock/);
  await blocker.query("rollback");
  expect((await runner.done).code).toBe(0);
  const { code, stderr } = await late.done;
  expect([code, stderr]).toEqual([5, expect.stringMatching(/SL4107.*migration 4 was applied/)]);
  expect(await versions(p)).toEqual(["1", "2", "3", "4"]);
});
