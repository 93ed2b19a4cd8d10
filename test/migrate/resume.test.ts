import { expect, test } from "bun:test";
import { describeEachMajor } from "../support/postgres.ts";
import { project, versions } from "./fixture.ts";

const off = "-- sluice: transaction=off\n";

describeEachMajor("a half-applied file", (major) => {
  test("goes on behind its finished statements", async () => {
    const head = `${off}create table t (n int); \ninsert into t values (0);\nupdate t set n = n + 1;\n`;
    const p = await project({ "1_t.sql": `${head}update t set m = 1;\nupdate t set n = n + 10;` }, major);
    const failed = await p.migrate();
    expect(failed.code).toBe(4);
    expect(failed.stderr).toMatch(/error SL4021: migration 1 failed half-way[\s\S]*1_t\.sql:5:14/);
    const [row] = await p.history();
    expect(row).toMatchObject({ state: "failed", statements_done: 3, statements_total: 5, statement: null });
    expect(row?.error).toContain('column "m"');
    // Nothing corrected: fails in the same place, and nothing runs twice.
    expect((await p.migrate()).code).toBe(4);
    p.write({ "1_t.sql": `${head}update t set n = n + 100;\n-- and one more\nupdate t set n = n + 1000;` });
    const done = await p.migrate();
    expect([done.code, done.stderr]).toEqual([
      0,
      expect.stringContaining("continuing 1 t behind statement 3 of 5"),
    ]);
    expect(await p.query("select n from t")).toEqual([{ n: 1101 }]);
    const [after] = await p.history();
    expect(after).toMatchObject({ state: "applied", statements_done: 5, error: null });
    // The checksum is that of the corrected file.
    expect((await p.migrate()).stdout).toContain("Nothing to do");
  });

  test("must keep its finished statements", async () => {
    const p = await project({ "1_t.sql": `${off}create table t (n int);\nselect 1;\nselect x;` }, major);
    expect((await p.migrate()).code).toBe(4);
    for (const text of [
      "create table t (n bigint);\nselect 1;\nselect 2;",
      "create table t (n int);\nselect 3;",
    ]) {
      p.write({ "1_t.sql": off + text });
      const refused = await p.migrate();
      expect([refused.code, refused.stderr]).toEqual([
        4,
        expect.stringMatching(/SL4023[\s\S]*1_t\.sql:[23]/),
      ]);
    }
    // What was not finished may go, and comments may change.
    p.write({ "1_t.sql": `${off}-- why\ncreate table t (n int);\n\n\nselect 1;` });
    expect((await p.migrate()).code).toBe(0);
    expect((await p.history())[0]).toMatchObject({
      state: "applied",
      statements_done: 2,
      statements_total: 2,
    });
  });

  test("gets the session of its finished statements back", async () => {
    const role = `role_${major}_resume`;
    const head = `${off}create schema s; create role ${role}; grant all on schema s to ${role};
set search_path = s; set role ${role}; create table t ();`;
    const p = await project({ "1_t.sql": `${head}\nselect x;\nselect 1;` }, major);
    try {
      expect((await p.migrate()).code).toBe(4);
      p.write({ "1_t.sql": `${head}\ncreate table u ();` });
      const { code, stderr } = await p.migrate();
      expect([code, stderr]).toEqual([0, expect.stringContaining("behind statement 6 of 7")]);
      expect(await p.query("select tablename, tableowner from pg_tables where schemaname = 's'")).toEqual([
        { tablename: "t", tableowner: role },
        { tablename: "u", tableowner: role },
      ]);
      expect(await versions(p)).toEqual(["1"]);
    } finally {
      await p.db.drop();
      await (await project({}, major)).query(`drop role if exists ${role}`);
    }
  });

  test("an index whose build failed is cleared away and built anew", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (a int);\ninsert into t values (1), (1);",
        "2_i.sql": "select 1;\ncreate unique index concurrently if not exists t_a on t (a);",
      },
      major,
    );
    const failed = await p.migrate();
    expect(failed.code).toBe(4);
    expect(failed.stderr).toContain("Key (a)=(1) is duplicated.");
    expect(await p.query("select from pg_index where not indisvalid")).toHaveLength(0);
    expect((await p.history())[1]).toMatchObject({ state: "failed", statements_done: 1, statement: null });
    await p.query("delete from t");
    expect((await p.migrate()).code).toBe(0);
    expect(await p.query("select indisvalid from pg_index where indexrelid = 't_a'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });
});
