import { describe, expect, test } from "bun:test";
import { SluiceError } from "../../errors.ts";
import type { Migration } from "../../migrations/migration.ts";
import { splitStatements } from "../../migrations/split.ts";
import { analyse } from "./analyse.ts";

const look = (sql: string, transaction = true) =>
  analyse(
    { version: "7", file: "m/7_x.sql", directives: { transaction } } as Migration,
    splitStatements(sql, 3),
  );

describe("statements that cannot run in a transaction", () => {
  test.each([
    "create index concurrently i on t (a)",
    "CREATE /* x */ UNIQUE INDEX\nCONCURRENTLY IF NOT EXISTS i ON s.t USING gin (a)",
    "drop index concurrently i",
    "drop index concurrently if exists a, b",
    "reindex index concurrently i",
    "reindex (concurrently, verbose) table t",
    "reindex (concurrently true) table t",
    "reindex schema s",
    "reindex database d",
    "reindex system d",
    "vacuum",
    "vacuum (analyze, full) t",
    "cluster",
    "alter table t detach partition p concurrently",
    "create database d",
    "drop database if exists d",
    "alter database d set tablespace s",
    "create tablespace s location '/x'",
    "drop tablespace s",
    "alter system set work_mem = '1MB'",
    "create subscription s connection 'x' publication p",
    "alter subscription s refresh publication",
    "alter subscription s set publication p",
    "drop subscription s",
  ])("%s", async (sql) => {
    const script = await look(`select 1; ${sql}; select 2`);
    expect(script.statements.map((statement) => statement.alone)).toEqual([false, true, false]);
    expect(script.mode).toBe("steps");
  });
});

describe("statements that can", () => {
  test.each([
    "create index i on t (a)",
    "create table t (v text default 'create index concurrently i on t (v)')",
    "comment on table t is 'vacuum; drop database d'",
    "select $$reindex database d$$",
    "create function f() returns void language plpgsql as $f$ begin execute 'vacuum'; end $f$",
    "do $$ begin execute 'create index concurrently i on t (a)'; end $$",
    "-- vacuum\nselect 1 /* create index concurrently i on t (a) */",
    'create table "create index concurrently" ("vacuum" int)',
    "drop index i",
    "reindex table t",
    "reindex (concurrently false) table t",
    "analyze t",
    "cluster t using i",
    "alter table t detach partition p",
    "alter table t detach partition p finalize",
    "alter database d set work_mem = '1MB'",
    "create subscription s connection 'x' publication p with (connect = false)",
    "create subscription s connection 'x' publication p with (create_slot = false)",
    "alter subscription s set publication p with (refresh = false)",
    "alter type e add value 'x'",
    "this is no SQL that the parser knows",
  ])("%s", async (sql) => {
    expect((await look(sql)).mode).toBe("transaction");
    const steps = await look(sql, false);
    expect([steps.mode, steps.statements[0]?.alone]).toEqual(["steps", false]);
  });
});

describe("what may not stand in a migration", () => {
  const refused = async (sql: string, transaction: boolean) => {
    try {
      await look(`select 1;\n\n${sql};`, transaction);
    } catch (error) {
      if (error instanceof SluiceError) return { code: error.code, exit: error.exit, place: error.place };
      throw error;
    }
    return undefined;
  };
  const expectRefusal = async (sql: string, transaction: boolean, code: string) =>
    expect(await refused(sql, transaction)).toEqual({
      code,
      exit: 2,
      place: { file: "m/7_x.sql", line: 5 },
    } as never);

  test.each([
    "begin",
    "start transaction read only",
    "commit",
    "end",
    "commit and chain",
    "rollback",
    "abort",
    "prepare transaction 'x'",
    "commit prepared 'x'",
    "rollback prepared 'x'",
    "set transaction isolation level serializable",
    "set transaction snapshot '1'",
  ])("%s controls the transaction", async (sql) => {
    await expectRefusal(sql, true, "SL4001");
    await expectRefusal(sql, false, "SL4002");
    await expectRefusal(`vacuum; ${sql}`, true, "SL4002");
  });

  test.each(["savepoint s", "release savepoint s", "rollback to s", "prepare p as select 1"])(
    "%s only where the file is one transaction",
    async (sql) => {
      expect(await refused(sql, true)).toBeUndefined();
      await expectRefusal(sql, false, "SL4002");
    },
  );

  test.each([
    "create temp table t (a int)",
    "create temporary table t as select 1",
    "create table pg_temp.t (a int)",
    "select 1 into temp t",
    "create temp view v as select 1",
    "create temp sequence s",
    "declare c cursor with hold for select 1",
  ])("%s only where the file is one transaction", async (sql) => {
    expect(await refused(sql, true)).toBeUndefined();
    await expectRefusal(sql, false, "SL4004");
  });

  test("what drops the runner's lock", async () => {
    for (const sql of ["discard all", "select pg_advisory_unlock_all()"]) {
      await expectRefusal(sql, true, "SL4003");
      await expectRefusal(sql, false, "SL4003");
    }
    for (const sql of [
      "discard plans",
      "discard temp",
      "select pg_advisory_unlock(1)",
      "select 'pg_advisory_unlock_all'",
    ])
      expect([sql, await refused(sql, true)]).toEqual([sql, undefined]);
  });

  test("a concurrent index without a name", async () => {
    await expectRefusal("create index concurrently on t (a)", true, "SL4005");
    expect(await refused("create index on t (a)", false)).toBeUndefined();
  });
});

describe("what a statement does to the session", () => {
  const flags = async (sql: string) => {
    const script = await look(sql);
    const [statement] = script.statements;
    return [statement?.setsSession, statement?.setsLockTimeout, script.dirtiesSession];
  };

  test.each([
    ["set search_path = s", [true, false, true]],
    ["set local search_path = s", [false, false, true]],
    ["reset search_path", [true, false, true]],
    ["set role app", [true, false, true]],
    ["reset role", [true, false, true]],
    ["set session authorization app", [true, false, true]],
    ["set Lock_Timeout = '1s'", [true, true, true]],
    ["set local lock_timeout to 0", [false, true, true]],
    ["create table t (a int)", [false, false, false]],
    ["create temp table t (a int)", [false, false, true]],
    ["alter table t add a int", [false, false, false]],
    ["select set_config('a.b', 'x', false)", [true, false, true]],
    ["select pg_catalog.set_config('search_path', '', true)", [false, false, true]],
    ["select set_config('a.b', 'x', false) from t", [false, false, true]],
    ["do $$ begin end $$", [false, false, true]],
    ["no SQL", [false, false, true]],
  ] satisfies [string, boolean[]][])("%s: %p", async (sql, expected) => {
    expect(await flags(sql)).toEqual(expected);
  });
});

test("each statement has its line and a hash of its text alone", async () => {
  const one = await look("select 1;\n\nselect 2 -- two\n;select 1");
  expect(one.statements.map((statement) => statement.line)).toEqual([3, 5, 6]);
  const [a, b, c] = one.statements.map((statement) => statement.hash);
  expect(a).toMatch(/^[0-9a-f]{16}$/);
  expect([a === c, a === b]).toEqual([true, false]);
  expect((await look("\n\n select 1 ;")).statements[0]?.hash).toBe(a as string);
});

test("an empty file is a script without statements", async () => {
  expect(await look("-- nothing\n")).toEqual({ statements: [], mode: "transaction", dirtiesSession: false });
});
