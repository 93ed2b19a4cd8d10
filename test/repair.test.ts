import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { endBackends, executing, type Project, project, versions } from "./migrate/fixture.ts";
import { repository } from "./support/executable.ts";
import { failureOf } from "./support/failure.ts";
import { connect, describeEachMajor } from "./support/postgres.ts";
import { type Finished, type Running, runSluice, startProgram } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

const FILES = {
  "1_a.sql": "create table a (n int);\n-- sluice:down\ndrop table a;",
  "2_b.sql": "create table b (n int);\n-- sluice:down\ndrop table b;",
};

const sluice = (p: Project, ...args: string[]): Promise<Finished> =>
  runSluice([...args, "--dir", p.dir], { env: { SLUICE_URL: p.db.url } });
const repair = (p: Project, ...args: string[]): Promise<Finished> => sluice(p, "repair", ...args, "--yes");

describeEachMajor("repair", (major) => {
  test("checksum accepts the present text, with directives and down part", async () => {
    const p = await project(FILES, major);
    expect((await p.migrate()).code).toBe(0);
    p.write({
      "2_b.sql": "-- sluice: breaking\ncreate table b (n int);\n-- sluice:down\nselect 1;\ndrop table b;",
    });
    expect((await p.migrate()).stderr).toContain("sluice repair checksum 2");
    const { code, stdout, stderr } = await repair(p, "checksum", "2");
    expect([code, stdout]).toEqual([0, "Repaired migration 2.\n"]);
    expect(stderr).toMatch(/before: applied, checksum [0-9a-f]{16}[\s\S]*after: {2}applied, checksum/);
    expect((await p.history())[1]).toMatchObject({ breaking: true, down: "select 1;\ndrop table b;" });
    expect((await p.migrate()).code).toBe(0);
    expect((await repair(p, "checksum", "2")).stdout).toContain("Nothing to repair");
  });

  test("applied counts a file as applied without running it; pending lets it run again", async () => {
    const p = await project(FILES, major);
    await p.query("create table a (n int)");
    expect((await repair(p, "applied", "01")).code).toBe(0);
    expect((await p.migrate()).stdout).toContain("Applied 1 migration ");
    expect((await p.history())[0]).toMatchObject({
      state: "applied",
      down: "drop table a;",
      finished_at: expect.any(Date),
    });
    expect((await repair(p, "applied", "1")).stdout).toContain("Nothing to repair");
    await p.query("drop table b");
    expect((await repair(p, "pending", "2")).stderr).toContain("`sluice migrate` runs it from its beginning");
    expect(await versions(p)).toEqual(["1"]);
    expect((await repair(p, "pending", "2")).stdout).toContain("Nothing to repair");
    expect((await p.migrate()).code).toBe(0);
    expect((await p.query("select to_regclass('b') b"))[0]?.b).toBe("b");
  });

  test("pending begins a half-applied file anew, applied leaves the rest of it out", async () => {
    const text = "-- sluice: transaction=off\ninsert into a values (1);\nselect nonsense;";
    const p = await project({ ...FILES, "3_c.sql": text, "4_d.sql": text }, major);
    expect((await p.migrate()).code).toBe(4);
    expect((await repair(p, "pending", "3")).stderr).toContain("before: failed, 1 of 2 statements");
    expect((await p.migrate()).code).toBe(4);
    expect(await p.query("select from a")).toHaveLength(2);
    expect((await repair(p, "applied", "3")).code).toBe(0);
    expect((await p.migrate()).stderr).toContain("4_d.sql");
    expect(await versions(p)).toEqual(["1", "2", "3"]);
  });

  test("a statement in flight of which nobody can see whether it took effect", async () => {
    const p = await project(
      {
        "1_a.sql": `create table a (n int);
create procedure twice() language plpgsql as $$ begin
  insert into a values (1); commit;
  perform pg_sleep(60) where to_regclass('quick') is null;
  insert into a values (2);
end $$;`,
        "2_b.sql":
          "-- sluice: transaction=off\ninsert into a values (0);\ncall twice();\ninsert into a values (3);",
      },
      major,
    );
    const killedIn = async () => {
      const runner = await p.start();
      await p.until(executing("call twice"));
      await p.until("select from a where n = 1 limit 1");
      runner.kill("SIGKILL");
      await runner.done;
      await endBackends(p);
      const asks = await p.migrate();
      expect([asks.code, asks.stderr]).toEqual([
        4,
        expect.stringMatching(/SL4022[\s\S]*repair applied 2[\s\S]*repair pending 2/),
      ]);
    };
    await killedIn();
    const undone = await repair(p, "pending", "2");
    expect([undone.code, undone.stderr]).toEqual([
      0,
      expect.stringMatching(/in flight: call twice\(\)[\s\S]*did not take effect/),
    ]);
    await p.query("delete from a where n = 1");
    await killedIn();
    expect((await repair(p, "applied", "2")).stderr).toMatch(
      /1 of 3 statements, in flight[\s\S]*2 of 3 statements/,
    );
    expect((await p.migrate()).stderr).toContain("behind statement 2 of 3");
    expect((await p.query("select n from a order by n")).map((row) => row.n)).toEqual([0, 1, 3]);
    expect(await versions(p)).toEqual(["1", "2"]);
  });

  test("a half-reverted migration counts as applied again, or as reverted", async () => {
    const file =
      "-- sluice: transaction=off\nselect 1;\n-- sluice:down\ninsert into a values (1);\nselect nonsense;";
    const p = await project({ ...FILES, "3_c.sql": file }, major);
    expect((await p.migrate()).code).toBe(0);
    expect((await sluice(p, "down", "--to", "2")).code).toBe(4);
    expect((await repair(p, "applied", "3")).stderr).toContain(
      "before: failed, 1 of 2 statements of its down part",
    );
    expect((await p.migrate()).stdout).toContain("Nothing to do");
    expect((await sluice(p, "down", "--to", "2")).code).toBe(4);
    expect((await repair(p, "pending", "3")).code).toBe(0);
    expect(await versions(p, "reverted")).toEqual(["3"]);
    expect((await p.migrate()).stdout).toContain("Applied 1 migration ");
  });

  test("index: drops an INVALID one and builds it again, concurrently", async () => {
    const p = await project(FILES, major);
    await p.query(
      `create schema "S"; create table "S".t (a int, b text); insert into "S".t values (1, 'x'), (1, 'X')`,
    );
    const unique = `create unique index concurrently "T a" on "S".t using btree (a desc, lower(b)) where b <> 'y'`;
    expect((await failureOf(p.query(unique))).message).toContain("could not create unique index");
    const invalid =
      "select indisvalid v, pg_get_indexdef(indexrelid) d from pg_index where indrelid = '\"S\".t'::regclass";
    const [before] = await p.query(invalid);
    expect(before?.v).toBe(false);
    const failed = await repair(p, "index", "T a");
    expect([failed.code, failed.stderr]).toEqual([
      4,
      expect.stringMatching(/SL4153[\s\S]*CREATE UNIQUE INDEX CONCURRENTLY "T a" ON "S"\.t/),
    ]);
    await p.query(`update "S".t set b = 'z' where b = 'X'`);
    const done = await repair(p, "index", "S.T a", "-o", "json");
    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout).index.statements).toEqual([
      'DROP INDEX CONCURRENTLY "S"."T a"',
      expect.stringMatching(
        /^CREATE UNIQUE INDEX CONCURRENTLY "T a" ON "S"\.t USING btree \(a DESC, lower\(b\)\) WHERE/,
      ),
    ]);
    expect(await p.query(invalid)).toEqual([{ v: true, d: before?.d }]);
    const valid = await repair(p, "index", "T a");
    expect([valid.code, valid.stderr]).toEqual([2, expect.stringMatching(/SL4151.*it is valid/)]);
  });

  test("index: keeps off one that is being built, a partitioned one and one that is not there", async () => {
    const p = await project(FILES, major);
    await p.query(
      "create table t (a int); create table r (a int) partition by range (a); create table r1 partition of r for values from (0) to (9)",
    );
    await p.query("create index r_a on only r (a)");
    const blocker = await connect(p.db.url);
    await blocker.query("begin; lock table t in row exclusive mode");
    const builder = await connect(p.db.url);
    const built = builder.query("create index concurrently t_a on t (a)");
    await p.until("select from pg_index where indrelid = 't'::regclass");
    const busy = await repair(p, "index", "t_a");
    expect([busy.code, busy.stderr]).toEqual([75, expect.stringMatching(/SL4152.*process \d+ works on t;/)]);
    await blocker.query("rollback");
    await built;
    expect(await p.query("select indisvalid v from pg_index where indrelid = 't'::regclass")).toEqual([
      { v: true },
    ]);
    expect((await repair(p, "index", "r_a")).stderr).toMatch(/SL4151.*partitioned table/);
    expect((await repair(p, "index", "nothing")).stderr).toMatch(
      /SL4150[\s\S]*no index of this database is INVALID/,
    );
  });

  test("index: what REINDEX CONCURRENTLY left is dropped and not built", async () => {
    const p = await project(FILES, major);
    await p.query("create table t (a int); create index t_a on t (a)");
    const blocker = await connect(p.db.url);
    await blocker.query("begin; lock table t in row exclusive mode");
    const builder = await connect(p.db.url);
    const cancelled = builder.query("reindex index concurrently t_a").catch((error) => error);
    await p.until("select from pg_class where relname = 't_a_ccnew'");
    await p.query(
      "select pg_cancel_backend(pid) from pg_stat_activity where query ~ '^reindex' and pid <> pg_backend_pid()",
    );
    expect(await cancelled).toMatchObject({ code: "57014" });
    await blocker.query("rollback");
    expect((await repair(p, "index", "t_a_ccnew")).stderr).toContain("it is not built again");
    expect(await p.query("select relname n from pg_class where relname like 't\\_a%'")).toEqual([
      { n: "t_a" },
    ]);
  });
});

describe("repair asks", () => {
  const sluiceCommand = `${process.execPath} ${join(repository, "src/main.ts")}`;
  /** On a pseudo-terminal, by `script` of util-linux. */
  const onTerminal = (p: Project, args: string, input?: string): Promise<Running> =>
    startProgram("script", ["-qec", `${sluiceCommand} ${args} --dir ${p.dir}`, "/dev/null"], {
      env: { SLUICE_URL: p.db.url, TERM: "dumb" },
      ...(input !== undefined && { input }),
    });

  test("on a terminal, and only y or yes is one", async () => {
    const p = await project(FILES);
    for (const [answer, code] of [
      ["\n", 2],
      ["no\n", 2],
      ["yesterday\n", 2],
      ["YES\n", 0],
    ] as const) {
      const { code: status, stdout } = await (await onTerminal(p, "repair applied 1", answer)).done;
      expect([status, stdout]).toEqual([
        code,
        expect.stringMatching(/before: not in the history[\s\S]*after: {2}applied[\s\S]*\[y\/N\]/),
      ]);
      expect(stdout).toContain(code === 0 ? "Repaired migration 1." : "SL4144");
    }
    expect(await versions(p)).toEqual(["1"]);
  });

  test("the end of the input is no yes, and Ctrl-C ends it", async () => {
    const p = await project(FILES);
    const ended = await (await onTerminal(p, "repair applied 1")).done;
    expect([ended.code, ended.stdout]).toEqual([2, expect.stringContaining("SL4144")]);
    const log = join(tempDir(), "log");
    const shown = (text: string) => `until grep -q ${text} ${log} 2>/dev/null; do sleep 0.05; done`;
    // The input goes on until the end, or its end could be read before the signal is heard.
    const typed = `${shown("y/N")}; printf '\\003'; ${shown("error")}`;
    const interrupted = await startProgram(
      "bash",
      ["-c", `(${typed}) | script -qefc "${sluiceCommand} repair applied 1 --dir ${p.dir}" ${log}`],
      { env: { SLUICE_URL: p.db.url, TERM: "dumb" } },
    );
    const { code, stdout } = await interrupted.done;
    expect([code, stdout]).toEqual([130, expect.stringContaining("SIGINT")]);
  });

  test("nobody where there is no terminal: it needs --yes", async () => {
    const p = await project(FILES);
    const { code, stderr } = await sluice(p, "repair", "applied", "1");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/SL4143[\s\S]*after: {2}applied[\s\S]*--yes/)]);
    expect(await p.query("select to_regclass('sluice_history') h")).toEqual([{ h: null }]);
  });
});

test("what cannot be repaired is said, and nothing is changed", async () => {
  const p = await project(FILES);
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const said = async (...args: string[]) => (await repair(p, ...args)).stderr;
  expect(await said("checksums", "1")).toMatch(/SL4140[\s\S]*did you mean `sluice repair checksum`/);
  expect(await said("applied", "7")).toContain("SL4141");
  expect(await said("applied", "x")).toContain("SL2051");
  expect(await said("checksum", "2")).toMatch(/SL4142.*it is not applied/);
  expect((await sluice(p, "baseline", "1")).code).toBe(0);
  expect(await said("pending", "1")).toContain("SL4145");
  expect(await versions(p)).toEqual(["1", "1"]);
});
