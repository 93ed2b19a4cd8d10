import { expect, test } from "bun:test";
import { join } from "node:path";
import { describeEachMajor } from "../support/postgres.ts";
import { runSluice, startSluice } from "../support/run.ts";
import { place } from "./fixture.ts";

describeEachMajor("wait run/ID", (major) => {
  test("opens when the run is done, and says before why it is not", async () => {
    const p = await place(major);
    const env = { SLUICE_URL: p.db.url };
    const gate = await startSluice(["wait", "run/release/2"], { env });
    await gate.waitForOutput(/waiting for run\/release\/2: the database has no history yet/);
    expect((await p.run(["--id", "release/1", "--", "true"])).code).toBe(0);
    await gate.waitForOutput(/the run has not started; the last run is release\/1 \(applied\)/);
    const running = await p.start([
      "--id",
      "release/2",
      "--",
      "sh",
      "-c",
      "until [ -e go ]; do sleep 0.05; done",
    ]);
    await gate.waitForOutput(/the run has not finished since 20\S+: sh -c/);
    running.kill("SIGTERM");
    expect((await running.done).code).toBe(143);
    await gate.waitForOutput(
      /the last try did not finish and has to be repeated: sh -c .*interrupted by a signal/,
    );
    expect((await p.run(["--id", "release/2", "--", "false"])).code).toBe(4);
    await gate.waitForOutput(/the run failed: false ended with exit status 1/);
    expect((await p.run(["--id", "release/2", "--", "true"])).code).toBe(0);
    expect(await gate.done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^run\/release\/2: open after/),
    });
  });

  test("opens for an account that may read nothing but the history", async () => {
    const p = await place(major);
    const role = `gate_${p.db.name}`;
    await p.db.query(`create role ${role} login password 'pw'`);
    expect((await p.run(["--id", "r", "--grant", role, "--", "true"])).code).toBe(0);
    const url = new URL(p.db.url);
    url.username = role;
    url.password = "pw";
    const gate = await runSluice(["wait", "run/r"], { env: { SLUICE_URL: url.href } });
    expect([gate.code, gate.stderr]).toEqual([0, ""]);
  });

  test("ends with 3 on a failed run with --fail-fast", async () => {
    const p = await place(major);
    expect((await p.run(["--id", "r", "--", "sh", "-c", "echo secret; exit 9"])).code).toBe(4);
    const gate = await runSluice(["wait", "run/r", "--fail-fast"], { env: { SLUICE_URL: p.db.url } });
    expect([gate.code, gate.stderr]).toEqual([
      3,
      expect.stringMatching(/SL5003: run\/r has failed: .*exit status 9/),
    ]);
  });
});

test("a target without an ID, or with what cannot be one, is exit 2", async () => {
  const { db } = await place();
  for (const [target, text] of [
    ["run", "Did you mean run/ID"],
    ["run/", "Did you mean run/ID"],
    ["run/a b", "SL4203"],
    ["schema/x", "Did you mean schema"],
    ["runs/x", "Did you mean run/x"],
    ["else", "schema, run/ID"],
  ] as const) {
    const { code, stderr } = await runSluice(["wait", target], { env: { SLUICE_URL: db.url } });
    expect([target, code, stderr]).toEqual([target, 2, expect.stringContaining(text)]);
  }
});

test("migrate, status and the gate on the schema do not see runs", async () => {
  const p = await place(18, { "m/1_t.sql": "create table t ();" });
  const env = { SLUICE_URL: p.db.url };
  const dir = ["--dir", join(p.dir, "m")];
  // An ID that looks like a version must not pass for a migration.
  expect((await p.run(["--id", "1", "--", "true"])).code).toBe(0);
  expect((await p.run(["--id", "7", "--", "false"])).code).toBe(4);
  expect((await runSluice(["wait", "schema", ...dir, "--timeout", "200ms"], { env })).code).toBe(124);
  const before = await runSluice(["status", ...dir, "-o", "json"], { env });
  expect(JSON.parse(before.stdout)).toMatchObject({
    migrations: [{ version: "1", state: "pending" }],
    pending: 1,
  });
  expect((await runSluice(["migrate", ...dir], { env })).stdout).toContain("Applied 1 migration");
  expect((await runSluice(["migrate", ...dir], { env })).code).toBe(0);
  expect((await runSluice(["wait", "schema", ...dir], { env })).code).toBe(0);
});
