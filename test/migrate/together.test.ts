import { expect, test } from "bun:test";
import { connect, describeEachMajor, query } from "../support/postgres.ts";
import { executing, lockIsFree, project, versions } from "./fixture.ts";

describeEachMajor("several runners at once", (major) => {
  test("five: each file exactly once, and all succeed", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (n int);",
        "2_n.sql": "insert into t values (1);\nselect pg_sleep(0.3);",
        "3_i.sql": "create index concurrently t_n on t (n);\ninsert into t values (2);",
        "4_n.sql": "insert into t values (3);",
      },
      major,
    );
    const ends = await Promise.all(Array.from({ length: 5 }, () => p.migrate(["-o", "json"])));
    expect(ends.map((end) => [end.code, end.code === 0 ? "" : end.stderr])).toEqual(Array(5).fill([0, ""]));
    const applied = ends.flatMap((end) =>
      JSON.parse(end.stdout).applied.map((one: { version: string }) => one.version),
    );
    expect(applied.sort()).toEqual(["1", "2", "3", "4"]);
    expect(await p.query("select n from t order by n")).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(await versions(p)).toEqual(["1", "2", "3", "4"]);
    expect(await lockIsFree(p)).toBe(true);
  });

  test("eight on an empty database", async () => {
    const p = await project(
      { "1_t.sql": "create table t (n int);", "2_n.sql": "insert into t values (1);" },
      major,
    );
    const ends = await Promise.all(Array.from({ length: 8 }, () => p.migrate()));
    expect(ends.map((end) => [end.code, end.code === 0 ? "" : end.stderr])).toEqual(Array(8).fill([0, ""]));
    expect(await p.query("select n from t")).toEqual([{ n: 1 }]);
  });

  test("eight that create database and schema, for two histories", async () => {
    const p = await project({ "1_t.sql": "create table if not exists t ();" }, major);
    const url = p.db.server.url(`${p.db.name}_new`);
    const args = ["--create-database", "--history-schema", "new"];
    const one = () => p.migrate(args, { env: { SLUICE_URL: url } });
    const two = () => p.migrate([...args, "--history-table", "second"], { env: { SLUICE_URL: url } });
    const ends = await Promise.all([one, two, one, two, one, two, one, two].map((run) => run()));
    // Two histories are two locks: their files may meet, the histories and their schema may not.
    for (const end of ends) expect([end.code, end.code === 0 ? "" : end.stderr]).toEqual([0, ""]);
    expect(ends.filter((end) => end.stderr.includes("created the database"))).toHaveLength(1);
    for (const table of ["sluice_history", "second"])
      expect(await query(url, `select id, state from new.${table}`)).toEqual([{ id: "1", state: "applied" }]);
  });
});

test("who waits says for whom, and gives up with 75 after --lock-wait", async () => {
  const p = await project({ "1_n.sql": "select pg_sleep(60);" });
  const runner = await p.start(["--grace", "0"], { env: { SLUICE_POD: "shop-migrate-x7k2p" } });
  const { pid } = await p.until(executing("pg_sleep"));
  const waiting = await p.migrate(["--lock-wait", "400ms"]);
  expect(waiting.code).toBe(75);
  expect(waiting.ms).toBeLessThan(30_000);
  const holder = `held by pid ${pid} \\(sluice:shop-migrate-x7k2p\\)`;
  expect(waiting.stderr).toMatch(
    new RegExp(
      `waiting for the runner lock, ${holder} from 127\\.0\\.0\\.1, connected since 20.*1_n\\.sql:1: select pg_sleep\\(60\\)`,
    ),
  );
  expect(waiting.stderr).toMatch(new RegExp(`error SL4031: [\\s\\S]*${holder}`));
  runner.kill("SIGTERM");
  await runner.done;
});

test("work that is done already needs no lock, also where it was done during the wait", async () => {
  const p = await project({ "1_t.sql": "create table t ();" });
  expect((await p.migrate()).code).toBe(0);
  const other = await connect(p.db.url);
  // First 8 bytes of SHA-256 of "sluice:public.sluice_history".
  await other.query(
    "select pg_advisory_lock(('x' || left(encode(sha256('sluice:public.sluice_history'), 'hex'), 16))::bit(64)::bigint)",
  );
  expect((await p.migrate(["--lock-wait", "0"])).stdout).toContain("Nothing to do");
  p.write({ "2_u.sql": "create table u ();" });
  const waiting = await p.start();
  await waiting.waitForOutput(/held by pid \d+ \(sluice test\)/);
  await p.query(`insert into sluice_history (kind, id, name, checksum, state)
    values ('migration', '2', 'u', encode(sha256('create table u ();'), 'hex'), 'applied')`);
  const { code, stdout } = await waiting.done;
  expect([code, stdout]).toEqual([0, expect.stringContaining("Nothing to do: 2 migrations")]);
  expect(await p.query("select to_regclass('u') u")).toEqual([{ u: null }]);
});

test("a runner of another history of the same database does not wait", async () => {
  const p = await project({ "1_n.sql": "select pg_sleep(60);" });
  const runner = await p.start(["--grace", "0"]);
  await p.until(executing("pg_sleep"));
  p.write({ "1_n.sql": "select 1;" });
  expect((await p.migrate(["--history-table", "other"])).code).toBe(0);
  runner.kill("SIGTERM");
  await runner.done;
});
