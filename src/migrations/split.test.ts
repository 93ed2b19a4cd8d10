import { beforeAll, describe, expect, test } from "bun:test";
import { loadModule, parseSync } from "libpg-query";
import { SluiceError } from "../errors.ts";
import { splitPieces, splitStatements } from "./split.ts";

const texts = (sql: string): string[] => splitStatements(sql, 1).map(({ text }) => text);

function errorOf(sql: string): string {
  try {
    splitPieces(sql, { file: "a.sql", line: 1 });
  } catch (error) {
    if (error instanceof SluiceError) return `${error.code} line ${error.place?.line}: ${error.message}`;
    throw error;
  }
  return "no error";
}

/** Scripts and the number of their statements. The real parser of PostgreSQL 18 must count the same. */
const scripts: [name: string, statements: number, sql: string][] = [
  ["white space and comments", 0, " \n\t-- a;\r\n/* b; */ "],
  ["semicolons alone", 0, ";; ;\n;"],
  ["the last one without a semicolon", 2, "SELECT 1; SELECT 2 -- end"],
  ["doubled quotes", 2, "SELECT 'a;''b;'; SELECT 'x'';'"],
  ["a backslash in a plain string", 2, "SELECT 'a\\'; SELECT ';'"],
  ["escape strings", 2, "SELECT E'a\\';\\\\', e'it''s;\\''; SELECT 1"],
  ["an escape string that goes on", 2, "SELECT E'a' \n\t '\\';'; SELECT 1"],
  ["a plain string that goes on", 2, "SELECT 'a'\n'\\'; SELECT ';'"],
  ["a word that ends in E is no prefix", 2, "SELECT date'2020-01-01', 'x\\'; SELECT 1"],
  ["other prefixes", 2, "SELECT U&'d\\0061;', B'01', X'1f', N';'; SELECT 1"],
  ["quoted identifiers", 2, 'SELECT 1 AS "a;""b;", 2 AS U&"d\\0061;"; SELECT 1'],
  ["dollar quotes", 3, "SELECT $$a;$b$;$$; SELECT $a$;$$;$b$;$a$; SELECT $ä1$;$ä1$"],
  ["tags differ in case", 1, "SELECT $a$;$A$;$a$"],
  ["a tag that overlaps", 2, "SELECT $a$;$b$a$; SELECT 1"],
  ["parameters are no tags", 2, "SELECT $1 + $2; SELECT $1"],
  ["dollar signs in identifiers", 2, "SELECT a$b$ FROM c$; SELECT d$b$ FROM x"],
  ["nested comments", 2, "SELECT /* ; /* ' ; */ ; */ 1; SELECT 2 /*/ ; */"],
  ["operators beside comments", 2, "SELECT 1+-- ;\n2 -/* ; */ 3; SELECT 4 * 5/1"],
  ["a comment that a lone carriage return ends", 2, "SELECT 1 -- a;\r; SELECT 2"],
  ["parentheses", 2, "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2;); SELECT 3"],
  ["letters beyond ASCII", 2, "SELECT 1 AS größe\u00a0x$$; SELECT '😀;'"],
  [
    "BEGIN ATOMIC",
    3,
    `CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql
     BEGIN /* c */ ATOMIC SELECT CASE WHEN a > 1 THEN CASE WHEN a > 2 THEN 1 END ELSE 2 END; RETURN (SELECT 1); END;
     create procedure p() begin atomic select 1 as "end"; end; SELECT 1`,
  ],
  ["an empty body", 2, "CREATE PROCEDURE p() BEGIN ATOMIC END; SELECT 1"],
  [
    "columns called end",
    2,
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT x.end FROM x; END; SELECT 1",
  ],
  ["transactions are no bodies", 4, "BEGIN; SELECT 1; END; BEGIN"],
  [
    "a function without a body of that sort",
    2,
    "CREATE FUNCTION begin(atomic int) RETURNS int AS 'x;' LANGUAGE c; SELECT 1",
  ],
  [
    "COPY that needs no data",
    4,
    "COPY t FROM '/x'; COPY t FROM PROGRAM 'y'; COPY t TO STDOUT; COPY (SELECT * FROM stdin) TO '/x'",
  ],
];

describe("finds the statements that PostgreSQL finds", () => {
  beforeAll(loadModule);

  test.each(scripts)("%s", (_name, statements, sql) => {
    expect(texts(sql)).toHaveLength(statements);
    expect(parseSync(sql).stmts ?? []).toHaveLength(statements);
    for (const text of texts(sql)) expect(parseSync(text).stmts).toHaveLength(1);
    expect(
      splitPieces(sql)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(sql);
  });
});

test("an empty script has no pieces", () => {
  expect(splitPieces("")).toEqual([]);
});

test("a line comment between the halves of a string does not end it", () => {
  // So says the server (tried on 15); libpg-query takes the second half for a string of its own.
  expect(texts("SELECT E'a' -- it's\n-- ;\n '\\';b'; SELECT 1")).toHaveLength(2);
});

test("a piece is leading comments, statement and semicolon", () => {
  expect(splitPieces("-- a\nSELECT 1 /* b */ ; -- c\n;\n  SELECT 2;\n-- d").map(({ text }) => text)).toEqual([
    "-- a\nSELECT 1 /* b */ ;",
    " -- c\n;",
    "\n  SELECT 2;",
    "\n-- d",
  ]);
});

test("a statement begins and ends with a token of its own, and keeps the comments between", () => {
  expect(
    splitStatements("\n-- a\n  SELECT /* b */\n 1 -- c\n ;\n\n/* x\n */ SELECT 'a\n\nb';SELECT 3 -- d\n", 10),
  ).toEqual([
    { text: "SELECT /* b */\n 1", line: 12 },
    { text: "SELECT 'a\n\nb'", line: 17 },
    { text: "SELECT 3", line: 19 },
  ]);
});

describe("what is never closed is an error on the line where it began", () => {
  test.each([
    ["SELECT 1;\nSELECT 'a;\n;\n", "SL1001 line 2: the string that begins here is never closed"],
    ["\n\nSELECT E'a\\'", "SL1001 line 3: the string that begins here is never closed"],
    ["SELECT E'a\\", "SL1001 line 1: the string that begins here is never closed"],
    ["SELECT E'a''", "SL1001 line 1: the string that begins here is never closed"],
    ["SELECT E'a'\n'b", "SL1001 line 1: the string that begins here is never closed"],
    ['SELECT\n"a;', "SL1001 line 2: the quoted identifier that begins here is never closed"],
    [
      "\nDO $do$ BEGIN END $DO$",
      "SL1001 line 2: the dollar-quoted string ($do$) that begins here is never closed",
    ],
    ["/* a /* b */\n;", "SL1001 line 1: the comment that begins here is never closed"],
    ["SELECT 1;\n/*/", "SL1001 line 2: the comment that begins here is never closed"],
    [
      "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1;\nSELECT 2;",
      "SL1002 line 2: the BEGIN ATOMIC body that begins here has no END",
    ],
  ])("%p", (sql, message) => {
    expect(errorOf(sql)).toBe(message);
  });
});

describe("commands of psql", () => {
  test.each([
    ["\\i other.sql\n", "SL1003 line 1: \\i is a command of psql, not SQL"],
    ["SELECT 1;\n-- x\n  \\connect db", "SL1003 line 3: \\connect is a command of psql, not SQL"],
    ["SELECT 1\n\\gexec", "SL1003 line 2: \\gexec is a command of psql, not SQL"],
    ["SELECT 1 \\gset", "SL1003 line 1: \\gset is a command of psql, not SQL"],
    ["\\restrict abc\nSELECT 'it", "SL1003 line 1: \\restrict is a command of psql, not SQL"],
  ])("%p", (sql, message) => {
    expect(errorOf(sql)).toBe(message);
  });

  test("in strings, identifiers and comments they are text", () => {
    expect(errorOf("SELECT '\n\\i a', $$\n\\i b$$ AS \"\\i\" -- \\i c\n/*\n\\i d */")).toBe("no error");
  });
});

describe("COPY FROM STDIN", () => {
  test.each([
    "COPY t FROM stdin;\n1\tit's\n\\.\n",
    "COPY public.t (a, b) /* c */ FROM -- d\n STDIN WITH (FORMAT csv);",
    'copy "t" from Stdin',
    "COPY t FROM STDOUT",
  ])("%p", (sql) => {
    expect(errorOf(`\n${sql}`)).toBe(
      "SL1004 line 2: COPY ... FROM STDIN needs data that a migration cannot hold",
    );
  });

  test("only as a statement of its own", () => {
    expect(errorOf("SELECT 'COPY t FROM stdin'; DO $$ COPY t FROM stdin $$; SELECT a FROM stdin")).toBe(
      "no error",
    );
  });
});

test("a script with many comments, strings or openings is read in linear time", () => {
  for (const unit of ["/**/", "E'a'--\n\n", "$a ", "(", "$a$$a$", "-- x\r", "''", "a;"]) {
    const time = (count: number): number => {
      const sql = `SELECT ${unit.repeat(count)}`;
      const start = performance.now();
      splitPieces(sql);
      return performance.now() - start;
    };
    time(2000);
    // Quadratic behaviour would take 400 times as long for 20 times the text, some seconds.
    expect(time(100_000)).toBeLessThan(2000);
  }
});
