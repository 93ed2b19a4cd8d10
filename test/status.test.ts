import { expect, test } from "bun:test";
import { describeEachMajor, testDatabase } from "./support/postgres.ts";
import { runSluice } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

const FILES = {
  "9_users.sql": "create table users (id int);",
  "010_größe.sql": "alter table users add größe int;",
  "11_drop.sql": "-- sluice: phase=contract\nalter table users drop id;",
};

const sluice = (url: string, ...args: string[]) => runSluice(args, { env: { SLUICE_URL: url } });

/** The status as its JSON document. */
async function statusOf(url: string, dir: string) {
  const { code, stdout, stderr } = await sluice(url, "status", "--dir", dir, "-o", "json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describeEachMajor("status", (major) => {
  test("without a history shows all as pending and makes nothing", async () => {
    const { url, query } = await testDatabase(major);
    const dir = tempDir(FILES);
    const { code, stdout, stderr } = await sluice(url, "status", "--dir", dir);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "VERSION  NAME   PHASE     STATE    APPLIED AT",
      "9        users  expand    pending",
      "10       größe  expand    pending",
      "11       drop   contract  pending",
    ]);
    expect(lines.slice(4)).toEqual([
      "",
      expect.stringMatching(/^postgres@127.0.0.1:\d+\/\w+: 3 pending$/),
      "",
    ]);
    expect(await query("select 1 from pg_class where relname = 'sluice_history'")).toEqual([]);
    expect((await sluice(url, "status", "--dir", dir, "--check")).code).toBe(1);
  });

  test("shows what is applied since when, as text and as JSON", async () => {
    const { url } = await testDatabase(major);
    const dir = tempDir(FILES);
    await sluice(url, "migrate", "--dir", dir, "--phase", "expand");
    const { stdout } = await sluice(url, "status", "--dir", dir);
    expect(stdout).toMatch(/^9 +users +expand +applied +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
    expect(stdout).toMatch(/^11 +drop +contract +pending$/m);
    expect(stdout).toMatch(/: 1 pending\n$/);
    const json = await statusOf(url, dir);
    expect(json).toMatchObject({ apiVersion: "cli.sluice.dev/v1", kind: "Status", pending: 1 });
    expect(json.migrations).toHaveLength(3);
    expect(json.migrations[1]).toEqual({
      version: "10",
      name: "größe",
      phase: "expand",
      state: "applied",
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      appliedAt: expect.any(String),
    });
    expect(Math.abs(Date.parse(json.migrations[1].appliedAt) - Date.now())).toBeLessThan(60_000);
    expect(json.migrations[2]).toMatchObject({ state: "pending", appliedAt: null });
  });

  test("--check is 1 with something pending and 0 without", async () => {
    const { url } = await testDatabase(major);
    const dir = tempDir(FILES);
    await sluice(url, "migrate", "--dir", dir, "--to", "10");
    expect(await sluice(url, "status", "--check", "--dir", dir)).toMatchObject({ code: 1, stderr: "" });
    await sluice(url, "migrate", "--dir", dir);
    const { code, stdout } = await sluice(url, "status", "--check", "--dir", dir);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/: nothing pending\n$/)]);
  });

  test("shows what is ahead and what was changed: not pending, but a changed file is a finding", async () => {
    const { url } = await testDatabase(major);
    await sluice(url, "migrate", "--dir", tempDir(FILES));
    const dir = tempDir({
      "9_users.sql": "create table other (id int);",
      "10_x.sql": FILES["010_größe.sql"],
    });
    const { code, stdout } = await sluice(url, "status", "--check", "--dir", dir);
    expect(code).toBe(1);
    expect(stdout).toMatch(/: nothing pending, 1 file changed: .*`sluice repair checksum 9`\n$/);
    expect((await sluice(url, "migrate", "--dir", dir)).code).toBe(5);
    const ahead = tempDir({ "9_users.sql": FILES["9_users.sql"] });
    expect((await sluice(url, "status", "--check", "--dir", ahead)).code).toBe(0);
    expect(stdout).toMatch(/^9 .* applied, file changed +\d/m);
    expect(stdout).toMatch(/^11 .* applied, no file +\d/m);
    const { migrations } = await statusOf(url, dir);
    expect(migrations).toMatchObject([{ changed: true }, { version: "10" }, { ahead: true }]);
    expect(Object.keys(migrations[1])).not.toContain("ahead");
  });

  test("shows a failure with its reason", async () => {
    const { url } = await testDatabase(major);
    const dir = tempDir({ "1_a.sql": "create table a ();", "2_b.sql": "create table b (x nonsense);" });
    await sluice(url, "migrate", "--dir", dir);
    const { code, stdout } = await sluice(url, "status", "--check", "--dir", dir);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^2 +b +expand +failed$/m);
    expect(stdout).toMatch(/^2 failed: .*type "nonsense" does not exist/m);
    expect(stdout).toMatch(/: 1 pending \(1 failed\)\n$/);
    const { migrations, pending } = await statusOf(url, dir);
    expect(pending).toBe(1);
    expect(migrations[1]).toMatchObject({ state: "failed", error: expect.stringContaining("nonsense") });
  });

  test("shows how far a half-applied file came", async () => {
    const { url } = await testDatabase(major);
    const text = "-- sluice: transaction=off\ncreate table a ();\ncreate table b ();\nselect nonsense;";
    const dir = tempDir({ "1_a.sql": text });
    expect((await sluice(url, "migrate", "--dir", dir)).code).toBe(4);
    expect((await sluice(url, "status", "--dir", dir)).stdout).toMatch(/^1 +a +expand +failed \(2 of 3\)$/m);
    const { migrations } = await statusOf(url, dir);
    expect(migrations).toMatchObject([{ state: "failed", statementsDone: 2, statementsTotal: 3 }]);
  });
});

test("takes the history's place from the options", async () => {
  const { url } = await testDatabase();
  const dir = tempDir(FILES);
  const place = ["--history-schema", "s", "--history-table", "t"];
  await sluice(url, "migrate", "--dir", dir, ...place);
  expect((await sluice(url, "status", "--check", "--dir", dir, ...place)).code).toBe(0);
  expect((await sluice(url, "status", "--check", "--dir", dir)).code).toBe(1);
});

test("works on a read-only server, and with the rights of a reader", async () => {
  const { url, query, server, name } = await testDatabase();
  const role = `status_${name}`;
  await query(`create role ${role} login password 'r'`);
  const dir = tempDir(FILES);
  await sluice(url, "migrate", "--dir", dir, "--grant", role);
  await query(`alter role ${role} set default_transaction_read_only = on`);
  expect((await sluice(server.url(name, role, "r"), "status", "--check", "--dir", dir)).code).toBe(0);
});

test("an empty directory is exit 2, an unreachable server 69", async () => {
  const { url } = await testDatabase();
  expect(await sluice(url, "status", "--dir", tempDir())).toMatchObject({ code: 2, stdout: "" });
  const nowhere = "postgres://a@127.0.0.1:1/a";
  expect(await sluice(nowhere, "status", "--dir", tempDir(FILES))).toMatchObject({ code: 69, stdout: "" });
});
