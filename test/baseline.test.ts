import { expect, test } from "bun:test";
import { executing, type Project, project, versions } from "./migrate/fixture.ts";
import { connect, describeEachMajor } from "./support/postgres.ts";
import { type Finished, runSluice, startSluice } from "./support/run.ts";

const FILES = {
  "1_a.sql": "create table a (n int);",
  "2_b.sql": "create table b (n int);",
  "3_c.sql": "create table c (n int);",
};

const sluice = (p: Project, ...args: string[]): Promise<Finished> =>
  runSluice([...args, "--dir", p.dir], { env: { SLUICE_URL: p.db.url } });

describeEachMajor("baseline", (major) => {
  test("counts what is there as applied; migrate goes on above it, and the gate opens", async () => {
    const p = await project(FILES, major);
    await p.query("create table a (n int); create table b (n int)");
    const first = await sluice(p, "baseline", "0002");
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("Recorded baseline 2")]);
    expect(first.stdout).toContain("2 files not run");
    expect((await sluice(p, "status")).stdout).toMatch(/1 +a +expand +baseline[\s\S]*3 +c +expand +pending/);
    expect((await sluice(p, "wait", "schema", "--timeout", "200ms")).code).toBe(124);
    expect((await p.migrate()).stdout).toContain("Applied 1 migration ");
    expect(await versions(p)).toEqual(["2", "3"]);
    expect((await p.history()).map((row) => [row.kind, row.id, row.name])).toEqual([
      ["baseline", "2", "b"],
      ["migration", "3", "c"],
    ]);
    expect((await sluice(p, "wait", "schema", "--timeout", "30s")).code).toBe(0);
    // Again, also with something applied above it.
    const again = await sluice(p, "baseline", "2", "-o", "json");
    expect([again.code, JSON.parse(again.stdout)]).toMatchObject([0, { recorded: false, baseline: "2" }]);
  });

  test("five at once: one records it, all succeed", async () => {
    const p = await project(FILES, major);
    const all = await Promise.all(Array.from({ length: 5 }, () => sluice(p, "baseline", "2")));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(all.filter(({ stdout }) => stdout.includes("Recorded"))).toHaveLength(1);
    expect(await p.history()).toHaveLength(1);
  });

  test("waits for the runner lock, and then sees what was applied", async () => {
    const p = await project(FILES, major);
    expect((await p.migrate(["--to", "1"])).code).toBe(0);
    p.write({ "2_b.sql": "lock table a;" });
    const blocker = await connect(p.db.url);
    await blocker.query("begin; lock table a in access share mode");
    const runner = await p.start(["--to", "2", "--lock-timeout", "1m"]);
    await p.until(executing("lock table a"));
    const late = await startSluice(["baseline", "1", "--dir", p.dir], { env: { SLUICE_URL: p.db.url } });
    await late.waitForOutput(/waiting for the runner lock/);
    await blocker.query("rollback");
    expect((await runner.done).code).toBe(0);
    expect(await late.done).toMatchObject({ code: 5, stderr: expect.stringContaining("SL4130") });
  });
});

test("it is refused below what is applied, beside another one, and over something half done", async () => {
  const p = await project(FILES);
  expect((await p.migrate(["--to", "2"])).code).toBe(0);
  const below = await sluice(p, "baseline", "1");
  expect([below.code, below.stderr]).toEqual([5, expect.stringMatching(/SL4130.*migration 2 is applied/)]);
  p.write({ "3_c.sql": "-- sluice: transaction=off\nselect 1;\nselect nonsense;" });
  expect((await p.migrate()).code).toBe(4);
  const half = await sluice(p, "baseline", "3");
  expect([half.code, half.stderr]).toEqual([4, expect.stringMatching(/SL4132.*migration 3 is half applied/)]);
  expect((await sluice(p, "repair", "pending", "3", "--yes")).code).toBe(0);
  // Applied ones below it are fine, and so is a version without a file.
  const odd = await sluice(p, "baseline", "9");
  expect([odd.code, odd.stderr]).toEqual([0, expect.stringContaining("no file has version 9")]);
  const other = await sluice(p, "baseline", "8");
  expect([other.code, other.stderr]).toEqual([5, expect.stringMatching(/SL4131.*has the baseline 9/)]);
  expect((await sluice(p, "baseline", "x")).stderr).toContain("SL2051");
  expect((await sluice(p, "baseline")).code).toBe(2);
});
