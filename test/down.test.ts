import { expect, test } from "bun:test";
import { call, FILES, migrated, sluice, start, tables } from "./down-fixture.ts";
import { executing, project, versions } from "./migrate/fixture.ts";
import { describeEachMajor } from "./support/postgres.ts";
import { runSluice } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

describeEachMajor("down", (major) => {
  test("--to keeps its version, reverts what is above it, and is done the second time", async () => {
    const p = await migrated(FILES, major);
    const first = await sluice(p, "down", "--to", "1");
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("Reverted 2 migrations")]);
    expect(first.stderr).toMatch(/reverted 3 c[\s\S]*reverted 2 b/);
    expect(await tables(p)).toEqual(["a"]);
    expect(await versions(p)).toEqual(["1"]);
    expect(await versions(p, "reverted")).toEqual(["2", "3"]);
    const second = await sluice(p, "down", "--to", "01");
    expect([second.code, second.stdout]).toEqual([0, expect.stringContaining("Nothing to revert")]);
    expect((await sluice(p, "status")).stdout).toMatch(/3 +c +expand +pending[\s\S]*2 pending/);
    expect((await p.migrate()).stdout).toContain("Applied 2 migrations");
    expect((await p.history()).map((row) => [row.state, row.down_done])).toEqual(
      Array(3).fill(["applied", null]),
    );
    expect((await sluice(p, "down", "--to", "0")).code).toBe(0);
    expect(await tables(p)).toEqual([]);
  });

  test("an older image reverts what it has no file of, by the script in the history", async () => {
    const p = await migrated(
      {
        ...FILES,
        "4_d.sql":
          "-- sluice: transaction=off\n-- sluice: breaking\ncreate table d (n int);\n-- sluice:down\ndrop index concurrently if exists nothing;\ndrop table d;",
      },
      major,
    );
    const older = tempDir({ "1_a.sql": FILES["1_a.sql"] });
    const args = ["down", "--to", "1"];
    const dry = await runSluice(...call(p, [...args, "--dry-run"], older));
    expect(dry.stdout).toMatch(
      /4 d \(expand, statement by statement, down part from the history\)[\s\S]*drop table d/,
    );
    expect(await versions(p)).toEqual(["1", "2", "3", "4"]);
    const { code, stdout } = await runSluice(...call(p, [...args, "-o", "json"], older));
    expect(code).toBe(0);
    expect(
      JSON.parse(stdout).reverted.map((one: { version: string; from: string }) => [one.version, one.from]),
    ).toEqual([
      ["4", "history"],
      ["3", "history"],
      ["2", "history"],
    ]);
    expect(await tables(p)).toEqual(["a"]);
    expect(await p.query("select to_regclass('d') d")).toEqual([{ d: null }]);
    // The older image's own runner has nothing to do, and its gate is open.
    expect((await runSluice(...call(p, ["migrate"], older))).stdout).toContain("Nothing to do");
    expect((await runSluice(...call(p, ["wait", "schema", "--timeout", "30s"], older))).code).toBe(0);
  });

  test("works on the table of an older Sluice, which readers understand as it is, and with a lease", async () => {
    const p = await migrated(FILES, major);
    const columns = ["down_transaction", "down_done", "down_total", "down_hashes"];
    await p.query(`alter table sluice_history ${columns.map((name) => `drop column ${name}`).join(", ")}`);
    expect((await sluice(p, "wait", "schema", "--timeout", "30s")).code).toBe(0);
    expect((await sluice(p, "status")).stdout).toContain("nothing pending");
    expect((await sluice(p, "down", "--to", "2", "--dry-run")).stdout).toContain("drop c");
    expect((await sluice(p, "down", "--to", "2", "--lock", "lease")).code).toBe(0);
    const applied = await p.query("select id from sluice_history where state = 'applied' order by id");
    expect(applied.map((row) => row.id)).toEqual(["1", "2"]);
    expect(await tables(p)).toEqual(["a", "b"]);
  });

  test("a failing down part is rolled back, and the migration stays applied", async () => {
    const p = await migrated(
      { ...FILES, "4_d.sql": "select 1;\n-- sluice:down\ndrop table a;\ndrop table nonsense;" },
      major,
    );
    const failed = await sluice(p, "down", "--to", "2");
    expect([failed.code, failed.stderr]).toEqual([
      3,
      expect.stringMatching(/SL4108.*migration 4[\s\S]*4_d\.sql:4/),
    ]);
    expect(await versions(p)).toEqual(["1", "2", "3", "4"]);
    expect(await tables(p)).toEqual(["a", "b"]);
    // So it does where the first of several steps fails.
    p.write({ "4_d.sql": "select 1;\n-- sluice:down\nvacuum nonsense;\ndrop table a;" });
    expect((await sluice(p, "down", "--to", "2")).code).toBe(3);
    expect((await p.history())[3]).toMatchObject({
      state: "applied",
      error: null,
      down_done: null,
      statement: null,
    });
    // The down part may be corrected: the checksum does not cover it.
    p.write({ "4_d.sql": "select 1;\n-- sluice:down" });
    expect((await sluice(p, "down", "--to", "2")).code).toBe(0);
    expect(await versions(p)).toEqual(["1", "2"]);
  });

  test("half-way: exit 4, the finished statements stay, the rest may be corrected; a signal is recorded", async () => {
    const head = "-- sluice: transaction=off\nselect 1;\n-- sluice:down\nupdate t set n = n + 1;\n";
    const p = await migrated(
      {
        "1_t.sql": "create table t (n int);\ninsert into t values (0);",
        "2_n.sql": `${head}select nonsense;`,
      },
      major,
    );
    const failed = await sluice(p, "down", "--steps", "1");
    expect([failed.code, failed.stderr]).toEqual([4, expect.stringMatching(/SL4109[\s\S]*2_n\.sql:5:8/)]);
    expect((await p.history())[1]).toMatchObject({
      state: "failed",
      down_done: 1,
      error: expect.stringContaining("nonsense"),
    });
    expect((await sluice(p, "wait", "schema", "--fail-fast")).code).toBe(3);
    p.write({ "2_n.sql": `${head.replace("+ 1", "+ 2")}select 1;` });
    expect((await sluice(p, "down", "--steps", "1")).stderr).toContain("SL4023");
    p.write({
      "2_n.sql": `${head}update t set n = n + 10 from pg_sleep(case when to_regclass('quick') is null then 60 else 0 end);`,
    });
    const interrupted = await start(p, "down", "--steps", "1", "--grace", "0s");
    await p.until(executing("pg_sleep"));
    interrupted.kill("SIGTERM");
    expect((await interrupted.done).code).toBe(143);
    expect((await p.history())[1]).toMatchObject({
      state: "failed",
      error: "interrupted by a signal",
      down_done: 1,
    });
    await p.query("create table quick ()");
    expect((await sluice(p, "down", "--steps", "1")).code).toBe(0);
    expect(await p.query("select n from t")).toEqual([{ n: 11 }]);
  });

  test("never below a baseline", async () => {
    const p = await project(FILES, major);
    await p.query("create table a (n int)");
    expect((await sluice(p, "baseline", "1")).code).toBe(0);
    expect((await p.migrate()).code).toBe(0);
    expect(await sluice(p, "down", "--to", "0")).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/SL4104[\s\S]*down --to 1/),
    });
    expect((await sluice(p, "down", "--steps", "3")).stderr).toMatch(/SL4106.*more than the 2[\s\S]*--to 1/);
    expect((await sluice(p, "down", "--to", "1")).code).toBe(0);
    expect(await tables(p)).toEqual(["a"]);
  });
});

test("it is said how far, by exactly one of the two", async () => {
  const p = await migrated(FILES);
  for (const args of [[], ["--to", "1", "--steps", "1"]]) {
    const refused = await sluice(p, "down", ...args);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/SL4101[\s\S]*--to VERSION[\s\S]*--steps 1/),
    ]);
  }
  expect((await sluice(p, "down", "--steps", "0")).code).toBe(2);
  // A version that is one digit short would be below everything.
  expect((await sluice(p, "down", "--to", "12")).stderr).toContain("SL4102");
  expect((await sluice(p, "down", "--to", "x")).stderr).toContain("SL2051");
  // A key of migrate's must not decide it.
  const env = { SLUICE_URL: p.db.url, SLUICE_TO: "0", SLUICE_STEPS: "3" };
  expect((await runSluice(["down", "--dir", p.dir], { env })).code).toBe(2);
  expect(await versions(p)).toEqual(["1", "2", "3"]);
  expect((await p.migrate(["--to", "1"])).stderr).toContain("sluice down --to 1");
});

test("not past an irreversible or half-applied migration, and nothing is changed", async () => {
  const p = await migrated({
    ...FILES,
    "4_d.sql": "select 1;",
    "5_e.sql": "select 1;\n-- sluice:down\ndrop table a;",
  });
  const refused = await sluice(p, "down", "--to", "1");
  expect([refused.code, refused.stderr]).toEqual([
    5,
    expect.stringMatching(/SL4103.*migration 4 d[\s\S]*down --to 4/),
  ]);
  expect((await sluice(p, "down", "--to", "1", "--dry-run")).code).toBe(5);
  expect(await versions(p)).toEqual(["1", "2", "3", "4", "5"]);
  p.write({ "6_f.sql": "-- sluice: transaction=off\nselect 1;\nselect nonsense;\n-- sluice:down" });
  expect((await p.migrate()).code).toBe(4);
  const half = await sluice(p, "down", "--to", "4");
  expect([half.code, half.stderr]).toEqual([4, expect.stringMatching(/SL4105.*1 of 2 statements/)]);
  expect(await tables(p)).toEqual(["a", "b"]);
});

test("a file that was changed after it was applied is reverted by what the history kept", async () => {
  const p = await migrated(FILES);
  p.write({ "3_c.sql": "alter table a add d int;\n-- sluice:down\nalter table a drop d;" });
  const { code, stderr } = await sluice(p, "down", "--steps", "1");
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining("warning: reverting 3 c (1 statement, from the history): its file was changed"),
  ]);
  expect((await p.migrate()).code).toBe(0);
  expect(await p.query("select d from a")).toEqual([]);
});
