import { expect, test } from "bun:test";
import { until } from "../migrate/fixture.ts";
import { connect, describeEachMajor, testDatabase } from "../support/postgres.ts";
import {
  directory,
  migrate,
  migrated,
  opens,
  reasons,
  runGate,
  saysNothingTwice,
  startGate,
  staysClosed,
} from "./fixture.ts";

describeEachMajor("wait schema stays closed and says why in one line", (major) => {
  test("without the schema and the table of the history", async () => {
    const { url, query } = await testDatabase(major);
    const dir = directory();
    const place = ["--dir", dir, "--history-schema", "deploy", "--history-table", "done so far"];
    const gate = await startGate(url, place);
    await gate.waitForOutput(/no history yet/);
    await query("create schema deploy");
    const other = await startGate(url, place);
    await other.waitForOutput(/no history yet/);
    await migrated(url, place);
    // Between the two migrations it may look once more.
    for (const one of [await opens(gate), await opens(other)])
      expect(reasons(one)[0]).toContain("no history yet");
  });

  test("after a failure, with its text, and opens after the repair", async () => {
    const { url } = await testDatabase(major);
    const bad = directory({ "1_a.sql": "create table a (\n  id int,\n  b nonsense\n);" });
    const good = directory({ "1_a.sql": "create table a (id int);" });
    const gate = await startGate(url, ["--dir", good]);
    await gate.waitForOutput(/no history/);
    expect((await migrate(url, ["--dir", bad])).code).toBe(3);
    await gate.waitForOutput(/migration 1 a failed: .*type "nonsense" does not exist/);
    await migrated(url, ["--dir", good]);
    const { stderr } = await opens(gate);
    saysNothingTwice({ stderr });
  });

  test("after a failure, where --fail-fast ends with 3", async () => {
    const { url } = await testDatabase(major);
    const dir = directory({ "1_a.sql": "select nonsense;" });
    expect((await migrate(url, ["--dir", dir])).code).toBe(3);
    const { code, stderr } = await runGate(url, ["--dir", dir, "--fail-fast"]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/SL5003: .*column "nonsense" does not exist/)]);
  });

  test("half-way through a file, with the statements done", async () => {
    const { url, query } = await testDatabase(major);
    await query("create table a (id int)");
    const dir = directory({
      "1_a.sql": "-- sluice: transaction=off\ncreate table b ();\ncreate index concurrently i on a (id);",
    });
    const blocker = await connect(url);
    await blocker.query("begin; insert into a values (1)");
    const running = migrate(url, ["--dir", dir]);
    const building =
      "select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()) union select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while ((await query(building)).length === 0) await Bun.sleep(20);
    const gate = await startGate(url, ["--dir", dir]);
    await gate.waitForOutput(/migration 1 a is half applied: 1 of 2 statements; 0 of 1 required/);
    await blocker.query("commit");
    expect((await running).code).toBe(0);
    await opens(gate);
  });

  test("failed half-way, with the statements done", async () => {
    const { url, query } = await testDatabase(major);
    await query("create table a (id int); insert into a values (1), (1)");
    const text =
      "-- sluice: transaction=off\nalter table a add b int;\ncreate unique index concurrently i on a (id);";
    const dir = directory({ "1_a.sql": text });
    expect((await migrate(url, ["--dir", dir])).code).toBe(4);
    const { code, stderr } = await runGate(url, ["--dir", dir, "--fail-fast"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("failed after 1 of 2 statements: ")]);
    expect(reasons({ stderr })).toHaveLength(1);
  });

  test("where a file was applied from another text", async () => {
    const { url } = await testDatabase(major);
    await migrated(url, ["--dir", directory({ "1_a.sql": "create table a ();" })]);
    const other = directory({ "1_a.sql": "create table b ();" });
    const { stderr } = await staysClosed(await startGate(url, ["--dir", other]), /checksum/);
    expect(reasons({ stderr })).toEqual([expect.stringMatching(/migration 1 a was applied .*checksum/)]);
    expect((await runGate(url, ["--dir", other, "--fail-fast"])).code).toBe(5);
  });

  test("while the history is locked, and gives its place in the lock's queue up", async () => {
    const { url, query } = await testDatabase(major);
    const dir = directory();
    await migrated(url, ["--dir", dir]);
    const locker = await connect(url);
    await locker.query("begin; lock table sluice_history in access exclusive mode");
    const gate = await startGate(url, ["--dir", dir]);
    await gate.waitForOutput(/migrating: the history is locked/);
    await until(
      { query },
      "select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()) having count(*) = 0",
    );
    await locker.query("rollback");
    saysNothingTwice(await opens(gate));
  });

  test("and says the same reason once in many looks", async () => {
    const { url, query } = await testDatabase(major);
    const dir = directory();
    await migrated(url, ["--dir", dir, "--to", "1"]);
    const gate = await startGate(url, ["--dir", dir]);
    await gate.waitForOutput(/migration 2 email is not applied/);
    const listening =
      "select query from pg_stat_activity where application_name like 'sluice:%' and datname = current_database()";
    let [session] = await query(listening);
    while (session === undefined) [session] = await query(listening);
    for (let round = 0; round < 10; round++) {
      await query("notify sluice, 'public.sluice_history'");
      await query("update sluice_history set finished_at = now()");
    }
    await migrated(url, ["--dir", dir]);
    saysNothingTwice(await opens(gate));
  });
});
