import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeEachMajor } from "../support/postgres.ts";
import { tempDir } from "../support/temp.ts";
import { project } from "./fixture.ts";

describeEachMajor("a failed statement", (major) => {
  test("is shown with line, column, caret and all that the server says", async () => {
    const p = await project(
      {
        "1_größe.sql":
          "-- sluice: lock_timeout=3s\n\ncreate table t (n int);\n\nselect '日本🐘', n,\n\t'🐘ä' || nosuch\nfrom t;\n",
      },
      major,
    );
    const failed = await p.migrate();
    expect(failed.code).toBe(3);
    expect(
      failed.stderr
        .split("\n")
        .slice(1, -1)
        .map((line) => line.replace(p.dir, "DIR")),
    ).toEqual([
      'error SL4020: migration 1 failed and was rolled back: column "nosuch" does not exist',
      "  --> DIR/1_größe.sql:6:11",
      "  6 |  '🐘ä' || nosuch",
      "    |           ^",
      "  SQLSTATE 42703",
      "  next: Correct the file and run again; nothing of it is in the database.",
      "  docs: docs/errors/SL4020.md",
    ]);
  });
});

test("with DETAIL, HINT and what was called", async () => {
  const p = await project({
    "1_t.sql": `create function boom() returns int language plpgsql as $$ begin
raise exception 'boom' using detail = 'the detail', hint = 'the advice', errcode = 'XX123'; end $$;
select boom();`,
  });
  const { code, stderr } = await p.migrate();
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /rolled back: boom\n.*1_t\.sql:3\n +select boom\(\)\n +SQLSTATE XX123\n +detail: the detail\n +hint: the advice\n +context: PL\/pgSQL function boom\(\) line 2/,
  );
});

test("a message of any length is cut where people read it, and the history keeps more", async () => {
  const p = await project({
    "1_t.sql": `do $$ begin raise exception '%', repeat('x', 60000) using detail = repeat('d', 5000); end $$;`,
  });
  const { code, stderr } = await p.migrate();
  expect([code, stderr.length < 10_000]).toEqual([3, true]);
  expect(stderr).toMatch(/rolled back: x{3900,4000}\.\.\. \(56\d\d\d more characters\)\n/);
  expect(stderr).toMatch(/ detail: d{3900,4000}\.\.\. \(10\d\d more characters\)\n/);
  const [row] = await p.query("select length(error) n from sluice_history");
  expect(row).toEqual({ n: 8000 });
});

test("a deferred constraint that fails with the COMMIT", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int primary key, ref int references t deferrable initially deferred);",
    "2_n.sql": "insert into t values (1, 1);\ninsert into t values (2, 99);\n\ncreate table u ();",
  });
  const { code, stderr } = await p.migrate();
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(/SL4020[\s\S]*SQLSTATE 23503\n +detail: Key \(ref\)=\(99\)/),
  ]);
  expect(await p.query("select to_regclass('u') u, (select count(*)::int from t) n")).toEqual([
    { u: null, n: 0 },
  ]);
  expect((await p.history()).map((row) => row.state)).toEqual(["applied", "failed"]);
  p.write({
    "2_n.sql": "-- sluice: transaction=off\ninsert into t values (1, 1);\ninsert into t values (2, 99);",
  });
  const steps = await p.migrate();
  expect([steps.code, steps.stderr]).toEqual([
    4,
    expect.stringMatching(/SL4021[\s\S]*2_n\.sql:3[\s\S]*SQLSTATE 23503/),
  ]);
  expect((await p.history())[1]).toMatchObject({ state: "failed", statements_done: 1 });
});

test("the termination message says code, migration and the next step", async () => {
  const folder = tempDir({});
  const log = join(folder, "termination");
  const p = await project({ "7_t.sql": "select nosuch;" });
  const env = { SLUICE_TERMINATION_LOG: log };
  expect((await p.migrate([], { env })).code).toBe(3);
  expect(JSON.parse(readFileSync(log, "utf8"))).toEqual({
    code: "SL4020",
    message: 'migration 7 failed and was rolled back: column "nosuch" does not exist',
    migration: "7",
    hint: expect.stringContaining("Correct the file"),
  });
});

test("the failure in JSON, on both streams", async () => {
  const p = await project({ "7_t.sql": "select 1;\nselect\n  nosuch;" });
  const { code, stdout, stderr } = await p.migrate(["-o", "json", "--log-format", "json"]);
  expect(code).toBe(3);
  const error = JSON.parse(stdout);
  expect(error).toMatchObject({
    apiVersion: "cli.sluice.dev/v1",
    kind: "Error",
    code: "SL4020",
    exitCode: 3,
  });
  expect(error).toMatchObject({ file: join(p.dir, "7_t.sql"), line: 3, column: 3, migration: "7" });
  const lines = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map((line) => [line.level, line.event ?? line.code])).toEqual([
    ["info", "applying"],
    ["error", "SL4020"],
  ]);
});
