import { expect, test } from "bun:test";
import { describeEachMajor } from "../support/postgres.ts";
import { project, versions } from "./fixture.ts";

describeEachMajor("statements that cannot run in a transaction", (major) => {
  test("are found by parsing, and their file runs statement by statement", async () => {
    const p = await project(
      {
        "1_t.sql": "create table t (a int, b int);",
        "2_index.sql": `/* a comment before */ CREATE /* and inside */ INDEX
  CONCURRENTLY t_a ON t (a);
insert into t values (1);
-- create index concurrently t_b on t (b);
vacuum (analyze) t;
drop index concurrently t_a;
create unique index concurrently "t B" on t (b);`,
      },
      major,
    );
    const { code, stderr } = await p.migrate();
    expect([code, stderr]).toEqual([0, expect.stringContaining("applying 2 index (5 statements)")]);
    expect(await p.query("select indexname from pg_indexes where tablename = 't'")).toEqual([
      { indexname: "t B" },
    ]);
    const [, row] = await p.history();
    expect(row).toMatchObject({ state: "applied", statements_done: 5, statements_total: 5, statement: null });
    expect(row?.statement_hashes).toHaveLength(5);
    expect(row?.backend_pid).toBeNull();
  });

  test("a text or a comment that reads like one changes nothing", async () => {
    const p = await project(
      {
        "1_text.sql": `create table t (v text default 'create index concurrently i on t (v)');
-- vacuum; reindex database x;
insert into t values ($$vacuum; create index concurrently$$), (E'it\\'s; vacuum');
select 1 / 0; /* drop index concurrently x; */`,
      },
      major,
    );
    expect((await p.migrate()).code).toBe(3);
    expect(await p.query("select to_regclass('t') t")).toEqual([{ t: null }]);
    const planned = JSON.parse((await p.migrate(["--dry-run", "-o", "json"])).stdout);
    expect(planned.migrations[0]).toMatchObject({ version: "1", transaction: true });
  });

  test("a procedure that commits: rolled back with advice, and done with transaction=off", async () => {
    const call = "call work();\nupdate t set n = n + 10;";
    const p = await project(
      {
        "1_procedure.sql": `create table t (n int); insert into t values (0);
create procedure work() language plpgsql as $$ begin update t set n = n + 1; commit; update t set n = n + 1; end $$;`,
        "2_call.sql": call,
      },
      major,
    );
    const refused = await p.migrate();
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("2_call.sql:1");
    expect(refused.stderr).toContain("SQLSTATE 2D000");
    expect(refused.stderr).toContain("next: This statement cannot run inside a transaction");
    expect(refused.stderr).toContain("-- sluice: transaction=off");
    expect(await p.query("select n from t")).toEqual([{ n: 0 }]);
    p.write({ "2_call.sql": `-- sluice: transaction=off\n${call}` });
    expect((await p.migrate()).code).toBe(0);
    expect(await p.query("select n from t")).toEqual([{ n: 12 }]);
    expect(await versions(p)).toEqual(["1", "2"]);
  });

  // Before 14, REINDEX passes a partitioned table over with a warning.
  test.if(major >= 14)("REINDEX of a partitioned table, which only the server can tell", async () => {
    const p = await project(
      {
        "1_t.sql": `create table t (a int) partition by range (a); create index on t (a);
create table t1 partition of t for values from (0) to (9); create table made (n int);`,
        "2_reindex.sql": "insert into made values (1);\n\nreindex table t;",
      },
      major,
    );
    const refused = await p.migrate();
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/2_reindex\.sql:3/);
    expect(refused.stderr).toContain("SQLSTATE 25001");
    expect(refused.stderr).toContain("next: This statement cannot run inside a transaction");
    expect(await p.query("select from made")).toHaveLength(0);
    p.write({
      "2_reindex.sql": "-- sluice: transaction=off\ninsert into made values (1);\n\nreindex table t;",
    });
    const { code, stderr } = await p.migrate();
    expect([code, stderr]).toEqual([0, expect.stringContaining("applied 2")]);
    expect(await p.query("select from made")).toHaveLength(1);
  });

  test("what may not stand in such a file changes nothing", async () => {
    const p = await project({ "1_t.sql": "create table t (a int);" }, major);
    const refusals: [string, string, number][] = [
      ["begin;", "SL4002", 3],
      ["savepoint s;", "SL4002", 3],
      ["prepare transaction 'x';", "SL4002", 3],
      ["create temp table x ();", "SL4004", 3],
      ["create index concurrently on t (a);", "SL4005", 3],
      ["discard all;", "SL4003", 3],
    ];
    for (const [sql, code, line] of refusals) {
      p.write({ "2_x.sql": `-- sluice: transaction=off\nselect 1;\n${sql}` });
      const refused = await p.migrate();
      expect([sql, refused.code, refused.stderr]).toEqual([
        sql,
        2,
        expect.stringMatching(new RegExp(`error ${code}: [\\s\\S]*2_x\\.sql:${line}\\b`)),
      ]);
    }
    p.write({ "2_x.sql": "select 1;\ncommit;\nselect 2;" });
    const refused = await p.migrate();
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/SL4001[\s\S]*2_x\.sql:2/)]);
    expect(await p.query("select to_regclass('t') t, to_regclass('sluice_history') h")).toEqual([
      { t: null, h: null },
    ]);
  });
});
