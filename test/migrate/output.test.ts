import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { join } from "node:path";
import { executing, project } from "./fixture.ts";

const files = {
  "1_a.sql": "create table a (n int);",
  "2_b.sql":
    "-- sluice: phase=contract\n-- why\ncreate index concurrently i\n  on a (n);\n\nvacuum a; select 1;",
};

test("--dry-run prints each statement with its place and changes nothing", async () => {
  const p = await project(files);
  const { code, stdout, stderr } = await p.migrate(["--dry-run"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.replaceAll(`${p.dir}/`, "").split("\n").slice(1)).toEqual([
    "",
    "1 a (expand, in one transaction)",
    "  1_a.sql:1",
    "    create table a (n int)",
    "",
    "2 b (contract, statement by statement)",
    "  2_b.sql:3  [outside a transaction]",
    "    create index concurrently i",
    "      on a (n)",
    "  2_b.sql:6  [outside a transaction]",
    "    vacuum a",
    "  2_b.sql:6",
    "    select 1",
    "",
  ]);
  expect(await p.query("select to_regclass('sluice_history') h, to_regclass('a') a")).toEqual([
    { h: null, a: null },
  ]);
  const refused = await p.migrate(["--dry-run", "-o", "json", "--phase", "contract"]);
  expect(refused.code).toBe(5);
  expect(JSON.parse(refused.stdout)).toMatchObject({ kind: "Error", code: "SL4016" });
});

test("the plan as JSON", async () => {
  const p = await project(files);
  const { stdout } = await p.migrate(["--dry-run", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual({
    apiVersion: "cli.sluice.dev/v1",
    kind: "Plan",
    ahead: [],
    migrations: [
      {
        version: "1",
        name: "a",
        file: join(p.dir, "1_a.sql"),
        phase: "expand",
        transaction: true,
        statements: [{ line: 1, text: "create table a (n int)" }],
      },
      {
        version: "2",
        name: "b",
        file: join(p.dir, "2_b.sql"),
        phase: "contract",
        transaction: false,
        statements: [
          { line: 3, text: "create index concurrently i\n  on a (n)", outsideTransaction: true },
          { line: 6, text: "vacuum a", outsideTransaction: true },
          { line: 6, text: "select 1" },
        ],
      },
    ],
  });
});

test("the result as JSON, and nothing else on standard output", async () => {
  const p = await project(files);
  const first = JSON.parse((await p.migrate(["-o", "json"])).stdout);
  const target = expect.stringMatching(new RegExp(`^postgres@127\\.0\\.0\\.1:\\d+/${p.db.name}$`));
  const durationMs = expect.any(Number);
  expect(first).toEqual({
    apiVersion: "cli.sluice.dev/v1",
    kind: "MigrateResult",
    target,
    applied: [
      { version: "1", name: "a", file: join(p.dir, "1_a.sql"), durationMs },
      { version: "2", name: "b", file: join(p.dir, "2_b.sql"), durationMs },
    ],
    alreadyApplied: 0,
    ahead: [],
  });
  const second = JSON.parse((await p.migrate(["-o", "json"])).stdout);
  expect(second).toMatchObject({ kind: "MigrateResult", applied: [], alreadyApplied: 2 });
});

test("the session is named after the host, or the pod", async () => {
  const p = await project({
    "1_a.sql": "create table seen as select current_setting('application_name') name;",
  });
  expect((await p.migrate()).code).toBe(0);
  expect(await p.query("select name from seen")).toEqual([{ name: `sluice:${hostname()}` }]);
  p.write({ "2_b.sql": "insert into seen select current_setting('application_name');" });
  expect((await p.migrate([], { env: { SLUICE_POD: "shop-0" } })).code).toBe(0);
  expect(await p.query("select name from seen offset 1")).toEqual([{ name: "sluice:shop-0" }]);
});

test("who looks at pg_stat_activity sees the statement of the file first", async () => {
  const p = await project({ "1_a.sql": "select 1;\n\nselect\n  pg_sleep(60);" });
  const runner = await p.start(["--grace", "0"]);
  const { query } = await p.until(executing("pg_sleep").replace("select pid", "select query"));
  expect(query).toStartWith("-- 1_a.sql:3: select pg_sleep(60)\n");
  runner.kill("SIGINT");
  expect((await runner.done).code).toBe(130);
});
