import { describe, expect, test } from "bun:test";
import { gone, project } from "./fixture.ts";

const files = { "1_a.sql": "create table a ();", "02_b.sql": "create table b ();" };

/** An applied project, and the statements that the next run sends to find out that it is. */
async function applied(major = 18) {
  const p = await project(files, major);
  expect((await p.migrate()).code).toBe(0);
  return p;
}

describe("a run with nothing to do", () => {
  test.each([13, 18])("says so whatever the phase and the readers (PostgreSQL %i)", async (major) => {
    const p = await applied(major);
    for (const args of [
      [],
      ["--phase", "contract"],
      ["--to", "2"],
      ["--grant", "pg_monitor"],
      ["--grant", "pg_monitor"],
    ]) {
      const { code, stdout } = await p.migrate(args);
      expect([code, stdout]).toEqual([0, expect.stringContaining("Nothing to do: 2 migrations applied")]);
    }
    const [right] = await p.query(
      "select has_column_privilege('pg_monitor', 'sluice_history', 'id', 'select') as granted",
    );
    expect(right?.granted).toBe(true);
    await p.until(gone);
  });

  test("leaves out a run's rows, in any order of the versions", async () => {
    const p = await project({ "9_a.sql": "select 1", "10_b.sql": "select 1", "100_c.sql": "select 1" });
    expect((await p.migrate()).code).toBe(0);
    await p.query("insert into sluice_history (kind, id, name, state) values ('run', 'x', 'x', 'failed')");
    expect((await p.migrate()).stdout).toContain("Nothing to do: 3 migrations applied");
  });

  test("sees every change that is not nothing", async () => {
    const p = await applied();
    const change = async (sql: string) => {
      const before = await p.query("select * from sluice_history");
      await p.query(sql);
      const { code, stderr, stdout } = await p.migrate();
      await p.query("truncate sluice_history");
      for (const row of before) {
        await p.query(
          "insert into sluice_history select * from json_populate_record(null::sluice_history, $1)",
          [JSON.stringify(row)],
        );
      }
      return [code, `${stdout}${stderr}`];
    };
    const set = (what: string) => change(`update sluice_history set ${what} where id = '2'`);
    expect(await set("checksum = repeat('0', 64)")).toEqual([5, expect.stringContaining("SL4010")]);
    expect(await set("min_reader = 1000")).toEqual([5, expect.stringContaining("SL4012")]);
    expect(await set("id = '3'")).toEqual([5, expect.stringContaining("SL4011")]);
    expect(await set("id = '3', breaking = true")).toEqual([5, expect.stringContaining("SL4013")]);
    expect(
      await change(
        "insert into sluice_history (kind, id, name, state) values ('migration', '3', 'c', 'applied')",
      ),
    ).toEqual([0, expect.stringContaining("the database is ahead of these files: 3")]);
    expect(await set("state = 'reverted'")).toEqual([
      3,
      expect.stringContaining('relation "b" already exists'),
    ]);
    expect(await change("select 1")).toEqual([0, expect.stringContaining("Nothing to do")]);
  });
});

describe("while the connection is being made", () => {
  test("an error in the files comes first, also where no server is, and leaves no session", async () => {
    const p = await applied();
    p.write({ "3_c.sql": "-- sluice: fase=expand\nselect 1" });
    const { code, stderr } = await p.migrate();
    expect([code, stderr]).toEqual([2, expect.stringContaining("SL1010")]);
    await p.until(gone);
    const nowhere = await p.migrate([], { env: { SLUICE_URL: "postgres://127.0.0.1:1/x" } });
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("SL1010")]);
    expect(nowhere.stderr).not.toContain("SL30");
  });

  test("a server that is not there is told once the files are read", async () => {
    const p = await project(files);
    const { code, stderr } = await p.migrate([], { env: { SLUICE_URL: "postgres://127.0.0.1:1/x" } });
    expect([code, stderr]).toEqual([69, expect.stringContaining("SL3020")]);
  });
});
