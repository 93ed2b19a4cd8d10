import { beforeAll, describe, expect, test } from "bun:test";
import { executing, gone, until } from "../migrate/fixture.ts";
import { testDatabase } from "../support/postgres.ts";
import { tempDir, writeFiles } from "../support/temp.ts";
import { application, call, startCall } from "./fixture.ts";

beforeAll(async () => void (await application()), 180_000);

const files = {
  "1_a.sql": "create table a (n int);\ninsert into a values (0);",
  "2_b.sql": "update a set n = n + 1;\ncreate index concurrently a_n on a (n);",
  "3_c.sql": "-- sluice: phase=contract\nalter table a add column late int;",
};

describe("migrate()", () => {
  test("five processes at once, Node.js and Bun: each file exactly once, and all succeed", async () => {
    const db = await testDatabase();
    const dir = tempDir(files);
    const runtimes = ["node", "node", "bun", "node", "node"] as const;
    const outcomes = await Promise.all(
      runtimes.map((runtime) => call("migrate", { url: db.url, dir }, runtime)),
    );
    expect(outcomes.map(({ error }) => error)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    const applied = outcomes.flatMap(({ result }) => result.applied);
    expect(applied.map(({ version, name }) => [version, name])).toEqual([
      ["1", "a"],
      ["2", "b"],
    ]);
    for (const { result } of outcomes) expect(result.applied.length + result.alreadyApplied).toBe(2);
    expect(await db.query("select n from a")).toEqual([{ n: 1 }]);
    expect(await db.query("select id, state from sluice_history order by id")).toEqual([
      { id: "1", state: "applied" },
      { id: "2", state: "applied" },
    ]);
  }, 60_000);

  test("runs expand migrations unless told otherwise", async () => {
    const db = await testDatabase();
    const options = { url: db.url, dir: tempDir(files) };
    const versions = async (more: object) =>
      (await call("migrate", { ...options, ...more })).result.applied.map(
        ({ version }: { version: string }) => version,
      );
    expect(await versions({ to: "001" })).toEqual(["1"]);
    expect(await versions({})).toEqual(["2"]);
    expect(await versions({ phase: "all" })).toEqual(["3"]);
    expect(await versions({ phase: "all" })).toEqual([]);
  }, 60_000);

  test("tells what happens, and a broken listener stops nothing", async () => {
    const db = await testDatabase();
    const { running, outcome } = await startCall("migrate", {
      url: db.url,
      dir: tempDir(files),
      faultyListener: true,
    });
    const { result, events, listeners } = await outcome;
    expect(result.applied).toHaveLength(2);
    expect(events.map(({ type }) => type)).toEqual([
      "lock-taken",
      "applying",
      "applied",
      "applying",
      "applied",
    ]);
    expect(events[1]).toEqual({
      type: "applying",
      level: "info",
      message: "applying 1 a (2 statements)",
      migration: { version: "1", name: "a" },
      statements: 2,
    });
    expect(events[2].durationMs).toEqual(expect.any(Number));
    expect(running.stderr).toContain("SluiceWarning: onEvent failed: Error: the logger is broken");
    expect(listeners).toEqual([]);
  }, 60_000);

  test("a migration that fails rejects with a SluiceError that says where, and the next call goes on", async () => {
    const db = await testDatabase();
    const dir = tempDir({ ...files, "2_b.sql": "update a set n = 5;\nselect nosuch from a;" });
    const { error } = await call("migrate", { url: db.url, dir });
    expect(error).toMatchObject({ ours: true, name: "SluiceError", code: "SL4020", exit: 3, migration: "2" });
    expect(error.place).toMatchObject({ line: 2, column: 8 });
    expect(error.hint.length).toBeGreaterThan(10);
    expect(error.shown).toStartWith("SluiceError: ");
    expect(await db.query("select n from a")).toEqual([{ n: 0 }]);
    writeFiles(dir, files);
    expect((await call("migrate", { url: db.url, dir })).result.applied).toMatchObject([{ version: "2" }]);
  }, 60_000);

  test("an aborted signal cancels the statement, rejects with its reason and leaves no session", async () => {
    const db = await testDatabase();
    const dir = tempDir({ "1_a.sql": "create table a (n int);\nselect pg_sleep(60);" });
    const first = await startCall("migrate", { url: db.url, dir, grace: 0 });
    await until(db, executing("pg_sleep"));
    const second = await startCall("migrate", { url: db.url, dir, lockWait: "1h" });
    await second.running.waitForOutput(/lock-waiting/);
    second.running.kill("SIGUSR2");
    const waiting = await second.outcome;
    expect(waiting.error).toMatchObject({ ours: false, message: "the application shuts down" });
    expect(waiting.events[0].holder).toMatchObject({ pid: expect.any(Number), orphan: false });
    first.running.kill("SIGUSR2");
    expect((await first.outcome).error).toMatchObject({ ours: false, message: "the application shuts down" });
    await until(db, gone);
    expect(await db.query("select to_regclass('a') as a")).toEqual([{ a: null }]);
    expect(await db.query("select from sluice_history where state = 'applied'")).toHaveLength(0);
  }, 60_000);

  test("a database out of reach: exit 69, without the password", async () => {
    const url = "postgres://shop:hunter2@127.0.0.1:1/shop";
    const { error } = await call("migrate", { url, dir: tempDir(files) });
    expect(error).toMatchObject({ ours: true, exit: 69 });
    expect(JSON.stringify(error)).not.toContain("hunter2");
  }, 60_000);
});
