import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect, createDatabase, ownServer } from "../support/postgres.ts";
import { runSluice } from "../support/run.ts";
import { project, projectOn, versions } from "./fixture.ts";

const two = { "1_a.sql": "create table a ();", "2_b.sql": "create table b ();" };

// Five seconds pass before it gives up: meanwhile the other tests run.
const stuck = await begin();

async function begin() {
  const p = await project(two);
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  await p.query("alter table sluice_history drop column output");
  const reader = await connect(p.db.url);
  await reader.query("begin; select from sluice_history");
  const runner = await p.start();
  return { p, reader, ended: runner.done };
}

test("of an older Sluice is upgraded, while readers go on", async () => {
  const p = await project(two);
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  await p.query("alter table sluice_history drop column output, drop column image, drop column release");
  await p.query("alter table sluice_history add column release text");
  // Nothing pending: nothing is upgraded, and nobody is disturbed.
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const columns =
    "select attname from pg_attribute where attrelid = 'sluice_history'::regclass and attname in ('output', 'image')";
  expect(await p.query(columns)).toHaveLength(0);
  expect((await p.migrate()).code).toBe(0);
  expect(await p.query(columns)).toHaveLength(2);
  expect(await versions(p)).toEqual(["1", "2"]);
  const args = ["wait", "schema", "--dir", p.dir, "--timeout", "30s"];
  expect((await runSluice(args, { env: { SLUICE_URL: p.db.url } })).code).toBe(0);
});

test("of a newer Sluice: read as far as its rows allow", async () => {
  const p = await project(two);
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  await p.query("alter table sluice_history add column newer text");
  await p.query("update sluice_history set min_writer = 99");
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const writing = await p.migrate();
  expect([writing.code, writing.stderr]).toEqual([
    5,
    expect.stringMatching(/SL4012: .*can write version 99/),
  ]);
  await p.query("update sluice_history set min_writer = 1, min_reader = 99");
  const reading = await p.migrate(["--to", "1"]);
  expect([reading.code, reading.stderr]).toEqual([5, expect.stringMatching(/SL4012: .*can read version 99/)]);
  expect(await versions(p)).toEqual(["1"]);
  await p.query("update sluice_history set min_reader = 1");
  expect((await p.migrate()).code).toBe(0);
});

test("in another place, found without search_path", async () => {
  const p = await project({ "1_a.sql": "create table a ();" });
  await p.query(`create schema decoy; create table decoy.sluice_history (n int);
    do $$ begin execute format('alter database %I set search_path = decoy', current_database()); end $$`);
  expect((await p.migrate()).code).toBe(0);
  expect(await p.query("select id from public.sluice_history")).toEqual([{ id: "1" }]);
  const args = ["--history-schema", `it's "new"`, "--history-table", `a.b"c'd\\`];
  // Another history knows nothing of the first: the file runs again and fails.
  const again = await p.migrate(args);
  expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('relation "a" already exists')]);
  await p.query("drop table a");
  expect((await p.migrate(args)).code).toBe(0);
  expect((await p.migrate(args)).stdout).toContain("Nothing to do");
  const place = `"it's ""new"""."a.b""c'd\\"`;
  expect(await p.query(`select id, state from ${place}`)).toEqual([{ id: "1", state: "applied" }]);
});

test("a no-op is one statement, without lock and transaction; so is a plan", async () => {
  const settings = { log_statement: "all", log_line_prefix: "%a|", log_duration: false };
  const server = await ownServer({ settings });
  const p = projectOn(await createDatabase(server), { "1_a.sql": "create table a ();" });
  expect((await p.migrate()).code).toBe(0);
  const log = () => readFileSync(server.log, "utf8");
  const statements = async (args: string[], code: number) => {
    const before = log().length;
    expect((await p.migrate(args)).code).toBe(code);
    return log()
      .slice(before)
      .split("\n")
      .filter((line) => /^sluice:.*LOG: +(statement|execute)/.test(line));
  };
  expect(await statements([], 0)).toEqual([expect.stringMatching(/statement: select /)]);
  p.write({ "2_b.sql": "create index concurrently i on a (x);" });
  expect(await statements(["--dry-run"], 0)).toEqual([expect.stringMatching(/statement: select /)]);
  // With readers to look after it is one more.
  expect(await statements(["--to", "1", "--grant", "postgres"], 0)).toHaveLength(2);
  expect(log()).toMatch(/sluice:.*pg_try_advisory_lock/);
});

test("an upgrade that a reader keeps waiting gives up with 75", async () => {
  const { p, reader, ended } = stuck;
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([75, expect.stringContaining("SL4030")]);
  await reader.query("commit");
  expect((await p.migrate()).code).toBe(0);
});
