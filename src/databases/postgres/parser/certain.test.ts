import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { certainty } from "./certain.ts";
import * as look from "./inspect.ts";
import { loadParser } from "./load.ts";

const parse = await loadParser();

/** Kinds of statement that each certainty stands for, as the parser names them. */
const kinds = {
  plain: [
    ...["AlterTableStmt", "RenameStmt", "CommentStmt", "CreateFunctionStmt", "CreateSeqStmt", "CreateStmt"],
    ...["CreateTrigStmt", "DropStmt", "IndexStmt", "ViewStmt"],
  ],
  data: ["InsertStmt", "UpdateStmt", "DeleteStmt"],
};

/** What the parser sees in a statement of which something was said to be certain. */
function contradictions(sql: string): string[] {
  const certain = certainty(sql);
  const trees = certain === undefined ? undefined : parse(sql);
  const tree = trees?.[0];
  // What does not parse fails on the server.
  if (certain === undefined || tree === undefined) return [];
  const said: Record<string, boolean> = {
    "more than one statement": trees?.length !== 1,
    "of another kind": !kinds[certain].includes(look.node(tree).tag),
    "runs alone": look.runsAlone(tree),
    "controls the transaction": look.controlsTransaction(tree),
    "sets the session": look.setsSession(tree),
    "a setting": look.settingName(tree) !== undefined,
    "makes something temporary": look.createsTemporary(tree),
    "drops locks": look.dropsLocks(tree),
    "index without a name": look.isUnnamedConcurrentIndex(tree),
  };
  return Object.keys(said).filter((one) => said[one]);
}

describe("certain from the first words", () => {
  test.each([
    ["CREATE\tTABLE\n t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n text)", "plain"],
    ["create table/**/t ()", "plain"],
    ["ALTER TABLE t ADD COLUMN c text DEFAULT 'as schema all'", "plain"],
    ["alter table t rename to u", "plain"],
    ["create unique index i on t (a)", "plain"],
    ["drop table if exists t, u cascade", "plain"],
    ["comment on table t is 'x'", "plain"],
    ["create or replace function f() returns int language sql as 'select 1'", "plain"],
    ["create view v as select 1", "plain"],
    ["create trigger g before insert on t for each row execute function f()", "plain"],
    ["create sequence s", "plain"],
    ["insert into t values (1)", "data"],
    ["update t set a = set_config('x', 'y', false)", "data"],
    ["delete from t", "data"],
  ] as const)("%s", (sql, certain) => {
    expect(certainty(sql)).toBe(certain);
    expect(contradictions(sql)).toEqual([]);
  });

  test.each([
    "create table t as select 1",
    "create temp table t (a int)",
    "create table pg_temp.t (a int)",
    'create table U&"\\0070g_temp".t (a int)',
    "alter table t set schema s",
    "alter table all in tablespace a set tablespace b",
    "alter table t detach partition p concurrently",
    "create index concurrently i on t (a)",
    "drop index concurrently i",
    "create temp view v as select 1",
    "create view v as select pg_advisory_unlock_all()",
    "insert into t select PG_ADVISORY_UNLOCK_ALL()",
    "with x as (select 1) insert into t select * from x",
    "select 1",
    "set role r",
    "vacuum",
    "create",
    "create /* a */ table t ()",
    "create tables",
    "update\u00e9 t set a = 1",
    '"create" table t ()',
    "",
  ])("for the parser: %s", (sql) => {
    expect(certainty(sql)).toBeUndefined();
  });

  test("the parser never contradicts", () => {
    // Two statements that parse, with words of others put in between: most still begin as one of the certain kinds.
    const whole = fc.constantFrom(
      ...[
        "create table t (a int)",
        "create table t as select 1",
        "alter table t set schema s",
        "create view v as",
      ],
      ...[
        "create unique index i on t (a)",
        "drop index i",
        "create sequence s",
        "comment on table t is null",
      ],
      ...[
        "insert into t values (1)",
        "update t set a = 1",
        "delete from t",
        "select pg_advisory_unlock_all()",
      ],
      ...[
        "create function f() returns int language sql as 'select 1'",
        "create or replace view v as select 1",
      ],
      ...[
        "create function f() returns void begin atomic select pg_advisory_unlock_all(); end",
        "drop view v",
      ],
      ...["create trigger g after update on t execute function f()", "alter table t rename column a to b"],
    );
    const word = fc.constantFrom(
      ...[
        "temp",
        "temporary",
        "local",
        "unlogged",
        "concurrently",
        "all",
        "as",
        "schema",
        "or",
        "replace",
        "only",
      ],
      ...[
        "if not exists",
        "if exists",
        "pg_temp.x",
        '"pg_temp".x',
        'U&"pg\\005ftemp".x',
        "recursive",
        "global",
      ],
      ...[
        "(",
        ")",
        "/* c */",
        "-- c\n",
        "execute p",
        "with no data",
        "select 1",
        "set",
        "detach partition p",
        ",",
      ],
      ...[
        "constraint",
        "materialized",
        "unique",
        "on",
        "select pg_advisory_unlock_all()",
        "returning 1",
        "e'\\x70'",
      ],
    );
    const statement = fc
      .tuple(whole, fc.array(fc.tuple(fc.nat(12), word), { maxLength: 4 }))
      .map(([sql, extra]) => {
        const words = sql.split(" ");
        for (const [at, text] of extra) words.splice(Math.min(at, words.length), 0, text);
        return words.join(" ");
      });
    const anyCase = fc
      .tuple(statement, fc.boolean())
      .map(([sql, upper]) => (upper ? sql.toUpperCase() : sql));
    let certain = 0;
    fc.assert(
      fc.property(anyCase, (sql) => {
        if (certainty(sql) !== undefined && parse(sql) !== undefined) certain++;
        expect(contradictions(sql)).toEqual([]);
      }),
      { numRuns: 20_000 },
    );
    // Else this test would say nothing.
    expect(certain).toBeGreaterThan(500);
  }, 30_000);
});
