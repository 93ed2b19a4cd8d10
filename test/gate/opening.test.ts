import { expect, test } from "bun:test";
import { describeEachMajor, testDatabase } from "../support/postgres.ts";
import { tempDir } from "../support/temp.ts";
import { directory, migrate, migrated, opens, runGate, saysNothingTwice, startGate } from "./fixture.ts";

describeEachMajor("wait schema opens", (major) => {
  test("once every expand migration is applied, and not before", async () => {
    const { url } = await testDatabase(major);
    const dir = directory();
    const gate = await startGate(url, ["--dir", dir]);
    await gate.waitForOutput(/no history yet/);
    await migrated(url, ["--dir", dir, "--to", "1"]);
    await gate.waitForOutput(/migration 2 email is not applied; 1 of 2 required migrations/);
    await migrated(url, ["--dir", dir, "--phase", "expand"]);
    const { stdout, stderr } = await opens(gate);
    expect(stdout).toMatch(/^schema: open after [\d.]+m?s\n$/);
    saysNothingTwice({ stderr });
  });

  test("at once where everything is applied, in JSON too", async () => {
    const { url } = await testDatabase(major);
    const dir = directory();
    await migrated(url, ["--dir", dir]);
    const { code, stdout, stderr } = await runGate(url, ["--dir", dir, "-o", "json"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: "WaitResult",
      targets: [{ target: "schema", state: "open" }],
    });
  });

  test("with the contract migrations that an expand one requires, over two steps", async () => {
    const { url } = await testDatabase(major);
    const dir = directory({
      "1_a.sql": "-- sluice: phase=contract\ncreate table a ();",
      "2_b.sql": "-- sluice: phase=contract\n-- sluice: requires=1\ncreate table b ();",
      "3_c.sql": "-- sluice: phase=contract\ncreate table c ();",
    });
    await migrated(url, ["--dir", dir, "--to", "1"]);
    const wider = directory({
      "1_a.sql": "-- sluice: phase=contract\ncreate table a ();",
      "2_b.sql": "-- sluice: phase=contract\n-- sluice: requires=1\ncreate table b ();",
      "3_c.sql": "-- sluice: phase=contract\ncreate table c ();",
      "4_d.sql": "-- sluice: requires=2\ncreate table d ();",
    });
    const gate = await startGate(url, ["--dir", wider]);
    await gate.waitForOutput(/; 1 of 3 required/);
    await migrated(url, ["--dir", wider]);
    await opens(gate);
  });

  test("with the database ahead, but not past a breaking migration", async () => {
    const { url } = await testDatabase(major);
    const old = directory({ "1_a.sql": "create table a ();" });
    const files = { "1_a.sql": "create table a ();", "2_b.sql": "create table b ();" };
    await migrated(url, ["--dir", directory(files)]);
    expect((await runGate(url, ["--dir", old, "--timeout", "30s"])).code).toBe(0);
    const breaking = directory({ ...files, "3_c.sql": "-- sluice: breaking\ndrop table b;" });
    await migrated(url, ["--dir", breaking]);
    const gate = await startGate(url, ["--dir", old]);
    await gate.waitForOutput(/past migration 3 c, which is breaking/);
    gate.kill();
    expect((await gate.done).code).toBe(143);
    const fast = await runGate(url, ["--dir", old, "--fail-fast"]);
    expect([fast.code, fast.stderr]).toEqual([5, expect.stringContaining("SL5004")]);
    expect((await runGate(url, ["--dir", breaking, "--timeout", "30s"])).code).toBe(0);
  });
});

describeEachMajor("wait schema --require", (major) => {
  test("names versions, repeatable, with leading zeros, with a directory and without", async () => {
    const { url } = await testDatabase(major);
    const dir = directory();
    await migrated(url, ["--dir", dir, "--to", "2"]);
    const closed = ["--timeout", "300ms"];
    for (const args of [["0001"], ["2", "--require", "001"]]) {
      expect((await runGate(url, ["--require", ...args])).code).toBe(0);
      expect((await runGate(url, ["--require", ...args, "--dir", dir])).code).toBe(0);
    }
    for (const args of [["3"], ["1", "--require", "003"], ["12"]]) {
      expect((await runGate(url, ["--require", ...args, ...closed])).code).toBe(124);
      expect((await runGate(url, ["--require", ...args, "--dir", dir, ...closed])).code).toBe(124);
    }
  });

  test("compares the text only where there is a file", async () => {
    const { url } = await testDatabase(major);
    await migrated(url, ["--dir", directory({ "1_a.sql": "create table a ();" })]);
    const other = directory({ "1_a.sql": "create table b ();" });
    expect((await runGate(url, ["--require", "1"])).code).toBe(0);
    const gate = await runGate(url, ["--require", "1", "--dir", other, "--fail-fast"]);
    expect([gate.code, gate.stderr]).toEqual([5, expect.stringContaining("checksum")]);
  });

  test("takes a breaking migration below what it names for known", async () => {
    const { url } = await testDatabase(major);
    const files = { "1_a.sql": "-- sluice: breaking\ncreate table a ();", "2_b.sql": "create table b ();" };
    await migrated(url, ["--dir", directory(files)]);
    expect((await runGate(url, ["--require", "2", "--timeout", "30s"])).code).toBe(0);
  });
});

const nowhere = "postgres://nobody@127.0.0.1:1/none";

test.each<[string, () => string[], string]>([
  ["an empty directory", () => ["--dir", directory({})], "SL5002"],
  [
    "contract migrations only",
    () => ["--dir", directory({ "1_a.sql": "-- sluice: phase=contract\nselect 1;" })],
    "SL5002",
  ],
  ["a missing directory", () => ["--dir", `${tempDir()}/none`], "SL1020"],
  ["the missing default directory", () => [], "SL1020"],
  ["an empty --require", () => ["--require", ""], "SL2004"],
  ["a --require that is no version", () => ["--require", "v1"], "SL2051"],
])("%s is exit 2 and never open", async (_, args, error) => {
  const { code, stdout, stderr } = await runGate(nowhere, args());
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(error)]);
});

test("the time-out is exit 124 with the reasons, in the termination message too", async () => {
  const { url } = await testDatabase();
  const log = `${tempDir({ log: "" })}/log`;
  const env = { SLUICE_TERMINATION_LOG: log };
  const { code, stderr } = await runGate(url, ["--dir", directory(), "--timeout", "5s"], env);
  expect(code).toBe(124);
  expect(stderr).toContain("not open after 5s: schema: the database has no history yet");
  const message = await Bun.file(log).json();
  expect(message).toMatchObject({ code: "SL5001", message: expect.stringContaining("no history yet") });
});

test("a file that cannot be migrated keeps it closed", async () => {
  const { url } = await testDatabase();
  const dir = directory({ "1_a.sql": "create tabel a ();" });
  expect((await migrate(url, ["--dir", dir])).code).toBe(3);
  expect((await runGate(url, ["--dir", dir, "--timeout", "300ms"])).code).toBe(124);
});
