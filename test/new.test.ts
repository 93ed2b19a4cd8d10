import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testDatabase } from "./support/postgres.ts";
import { runSluice } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

const create = (cwd: string, ...args: string[]) => runSluice(["new", ...args], { cwd });

describe("sluice new", () => {
  test("creates the folder and a file with the time in UTC, and says which", async () => {
    const cwd = tempDir();
    const before = Date.now() - 1000;
    const { code, stdout, stderr } = await create(cwd, "add_category");
    expect([code, stderr]).toEqual([0, ""]);
    const file = stdout.trimEnd();
    const digits = /^migrations\/(\d{14})_add_category\.sql$/.exec(file)?.[1] ?? "";
    const iso = digits.replace(/(....)(..)(..)(..)(..)(..)/, "$1-$2-$3T$4:$5:$6Z");
    expect(Date.parse(iso)).toBeGreaterThan(before - 1000);
    expect(Date.parse(iso)).toBeLessThanOrEqual(Date.now());
    expect(readFileSync(join(cwd, file), "utf8")).toMatch(/^-- .*\n\n-- sluice:down\n-- /);
  });

  test("creates a file of the phase contract, in any folder, from several words", async () => {
    const cwd = tempDir();
    const args = ["drop old", "columns", "--phase", "contract", "--dir", "db/deep/migrations", "-o", "json"];
    const { code, stdout } = await create(cwd, ...args);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ kind: "NewResult", phase: "contract" });
    expect(result.file).toMatch(/^db\/deep\/migrations\/\d{14}_drop_old_columns\.sql$/);
    expect(readFileSync(join(cwd, result.file), "utf8")).toStartWith("-- sluice: phase=contract\n");
  });

  test("three within one second ascend, and equal names never overwrite", async () => {
    const cwd = tempDir();
    const files: string[] = [];
    for (const name of ["c", "a", "a"]) files.push((await create(cwd, name)).stdout.trim());
    expect(new Set(files).size).toBe(3);
    const order = files.map((file) => BigInt(/\d+/.exec(file)?.[0] ?? ""));
    expect(order).toEqual([...order].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(order).size).toBe(3);
  });

  test("goes one above a directory that is ahead of the clock", async () => {
    const cwd = tempDir({ "migrations/099999999999999999999_x.sql": "select 1;" });
    expect((await create(cwd, "y")).stdout).toBe("migrations/100000000000000000000_y.sql\n");
  });

  test("what it creates is not applied before somebody has written something", async () => {
    const { url, query } = await testDatabase();
    const cwd = tempDir();
    const file = (await create(cwd, "first")).stdout.trim();
    const migrate = () => runSluice(["migrate"], { cwd, env: { SLUICE_URL: url } });
    const path = join(cwd, file);
    for (const text of [readFileSync(path, "utf8"), readFileSync(path, "utf8").replaceAll("\n", "\r\n")]) {
      writeFileSync(path, text);
      const { code, stderr } = await migrate();
      expect([code, stderr]).toEqual([2, expect.stringContaining("SL4006")]);
      expect(stderr).toContain(`--> ${file}:1`);
      expect(await query("select 1 from pg_class where relname = 'sluice_history'")).toEqual([]);
    }
    writeFileSync(path, "-- Nothing to do here.\n");
    const { code, stderr } = await migrate();
    expect([code, stderr]).toEqual([0, expect.stringMatching(/_first\.sql: the up part holds no statement/)]);
    expect(await query("select name, state from sluice_history")).toEqual([
      { name: "first", state: "applied" },
    ]);
  });

  test("takes a name in any script", async () => {
    const cwd = tempDir();
    expect((await create(cwd, "größe 列を追加")).stdout).toMatch(/_größe_列を追加\.sql\n$/);
  });

  test.each([
    "",
    " ",
    "a/b",
    "../a",
    "a\\b",
    "...",
    "-",
    "a:b",
    "a\u0007b",
    "a*",
    "a.up",
    "Add price; drop",
    "$a",
  ])("refuses the name %j", async (name) => {
    const cwd = tempDir();
    const { code, stdout, stderr } = await create(cwd, "--", name);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(/SL2052|SL2006|SL2004/)]);
    expect(existsSync(join(cwd, "migrations")) ? readdirSync(join(cwd, "migrations")) : []).toEqual([]);
  });

  test("a folder that is a file is exit 2", async () => {
    const { code, stderr } = await create(tempDir({ migrations: "" }), "a");
    expect([code, stderr]).toEqual([2, expect.stringContaining("SL2053")]);
  });

  test.if(process.getuid?.() !== 0)("a folder without the right to write is exit 2", async () => {
    const cwd = tempDir({ "migrations/1_a.sql": "" });
    chmodSync(join(cwd, "migrations"), 0o555);
    expect((await create(cwd, "a")).code).toBe(2);
  });
});
