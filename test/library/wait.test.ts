import { beforeAll, describe, expect, test } from "bun:test";
import { testDatabase } from "../support/postgres.ts";
import { tempDir } from "../support/temp.ts";
import { application, call, startCall } from "./fixture.ts";

beforeAll(async () => void (await application()), 180_000);

const files = {
  "1_a.sql": "create table a (n int);",
  "2_b.sql": "-- sluice: phase=contract\ncreate table b (n int);",
};

describe("waitForSchema()", () => {
  test("resolves once the expand migrations are applied, and not before", async () => {
    const db = await testDatabase();
    const options = { url: db.url, dir: tempDir(files) };
    const { running, outcome } = await startCall("waitForSchema", options);
    await running.waitForOutput(/schema-waiting/);
    await call("migrate", options);
    const { result, events } = await outcome;
    expect(result.waitedMs).toEqual(expect.any(Number));
    expect(result.target).toContain(`/${db.name}`);
    expect(events[0]).toMatchObject({
      type: "schema-waiting",
      level: "info",
      reason: "the database has no history yet: no migration has run",
    });
    const again = await call("waitForSchema", { ...options, require: "1" });
    expect(again).toMatchObject({ result: { target: result.target }, events: [] });
  }, 60_000);

  test("gives up after the timeout, on a failure with failFast, and on the signal", async () => {
    const db = await testDatabase();
    const options = { url: db.url, dir: tempDir({ "1_a.sql": "select nosuch;" }) };
    const late = await call("waitForSchema", { ...options, timeout: "200ms" });
    expect(late.error).toMatchObject({ ours: true, code: "SL5001", exit: 124 });
    const stopped = await startCall("waitForSchema", options);
    await stopped.running.waitForOutput(/schema-waiting/);
    stopped.running.kill("SIGUSR2");
    expect((await stopped.outcome).error.message).toBe("the application shuts down");
    await call("migrate", options);
    const failed = await call("waitForSchema", { ...options, failFast: true });
    expect(failed.error).toMatchObject({ ours: true, code: "SL5003", exit: 3 });
  }, 60_000);

  test("an empty folder, or one without an expand migration, never opens it", async () => {
    const db = await testDatabase();
    for (const dir of [tempDir(), tempDir({ "2_b.sql": files["2_b.sql"] })])
      expect((await call("waitForSchema", { url: db.url, dir })).error).toMatchObject({ code: "SL5002" });
  }, 60_000);
});

describe("status()", () => {
  test("shows files and history side by side", async () => {
    const db = await testDatabase();
    const options = { url: db.url, dir: tempDir(files) };
    expect((await call("status", options)).result.pending).toBe(2);
    await call("migrate", options);
    const { result } = await call("status", options);
    expect(result.pending).toBe(1);
    expect(result.migrations).toMatchObject([
      { version: "1", name: "a", phase: "expand", state: "applied", ahead: false, changed: false },
      { version: "2", name: "b", phase: "contract", state: "pending" },
    ]);
    expect(Date.now() - Date.parse(result.migrations[0].appliedAt)).toBeLessThan(60_000);
  }, 60_000);
});
