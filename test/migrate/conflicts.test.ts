import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { unlinkSync } from "node:fs";
import { type Project, project, versions } from "./fixture.ts";

/** Four files of which the first two are applied. */
async function half(): Promise<Project> {
  const p = await project({
    "1_a.sql": "create table a ();",
    "02_b.sql": "create table b ();",
    "3_c.sql": "-- sluice: phase=contract\ncreate table c ();",
    "4_d.sql": "create table d ();",
  });
  const { code, stderr } = await p.migrate(["--to", "002"]);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("3 c")]);
  return p;
}

/** The tables, to tell that nothing was changed. */
async function tables(p: Project): Promise<string> {
  const rows = await p.query(
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  return rows.map((row) => row.relname).join(" ");
}

test("--to: up to and including, never down, never to nowhere", async () => {
  const p = await half();
  expect(await versions(p)).toEqual(["1", "2"]);
  expect((await p.migrate(["--to", "2"])).code).toBe(0);
  const below = await p.migrate(["--to", "1"]);
  expect([below.code, below.stderr]).toEqual([2, expect.stringMatching(/SL4014[\s\S]*`sluice down --to 1`/)]);
  const nowhere = await p.migrate(["--to", "7"]);
  expect([nowhere.code, nowhere.stderr]).toEqual([
    2,
    expect.stringMatching(/SL4015[\s\S]*last one in the directory is 4/),
  ]);
  const word = await p.migrate(["--to", "b"]);
  expect([word.code, word.stderr]).toEqual([2, expect.stringContaining("SL2051")]);
  expect(await tables(p)).toBe("a b sluice_history");
});

test("--phase: expand passes contract over; contract waits for every lower expand", async () => {
  const p = await half();
  p.write({ "5_e.sql": "-- sluice: phase=contract\ncreate table e ();" });
  const early = await p.migrate(["--phase", "contract"]);
  // 3 has no lower expand that is pending; 5 has 4. Nothing ran, 3 neither.
  expect([early.code, early.stderr]).toEqual([5, expect.stringMatching(/SL4016[\s\S]*5_e\.sql/)]);
  expect(early.stderr).toContain("expand migration 4 is pending");
  expect(await tables(p)).toBe("a b sluice_history");
  expect((await p.migrate(["--phase", "expand"])).code).toBe(0);
  expect(await versions(p)).toEqual(["1", "2", "4"]);
  // 3 stands below the applied 4, but that is of the other phase.
  expect((await p.migrate(["--phase", "contract"])).code).toBe(0);
  expect(await versions(p)).toEqual(["1", "2", "3", "4", "5"]);
});

test("requires: neither applied nor part of the run", async () => {
  const p = await half();
  p.write({ "4_d.sql": "create table d ();", "5_e.sql": "-- sluice: requires=003\ncreate table e ();" });
  const refused = await p.migrate(["--phase", "expand"]);
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringMatching(/SL4017[\s\S]*5_e\.sql/)]);
  expect(await tables(p)).toBe("a b sluice_history");
  expect((await p.migrate()).code).toBe(0);
  expect(await versions(p)).toEqual(["1", "2", "3", "4", "5"]);
});

test("out of order: an error before anything runs, unless the file allows it", async () => {
  const p = await project({
    "1_a.sql": "create table a ();",
    "3_c.sql": "create table c ();",
    "8_k.sql": "-- sluice: phase=contract\ncreate table k ();",
  });
  expect((await p.migrate()).code).toBe(0);
  p.write({ "2_b.sql": "create table b ();", "9_l.sql": "create table l ();" });
  const refused = await p.migrate();
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringMatching(/SL4011[\s\S]*2_b\.sql/)]);
  expect(refused.stderr).toContain("but 3 of the same phase");
  expect(await tables(p)).toBe("a c k sluice_history");
  // 7 is an expand file: the applied 8 is a contract one, and not of its order.
  p.write({ "2_b.sql": "-- sluice: out-of-order\ncreate table b ();", "7_j.sql": "create table j ();" });
  const { code, stderr } = await p.migrate();
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/applied 2 b[\s\S]*applied 7 j[\s\S]*applied 9 l/),
  ]);
});

test("a changed file: both sums, and nothing runs", async () => {
  const p = await half();
  const [, before] = await p.history();
  p.write({ "02_b.sql": "create table b (n int);" });
  const refused = await p.migrate();
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringMatching(/SL4010[\s\S]*02_b\.sql/)]);
  expect(refused.stderr).toContain(`applied: ${before?.checksum} on 20`);
  const hash = createHash("sha256").update("create table b (n int);").digest("hex");
  expect(refused.stderr).toContain(`file:    ${hash}`);
  expect(await tables(p)).toBe("a b sluice_history");
});

test("a byte order mark, CRLF, another name or a down part is no change", async () => {
  const p = await project({ "1_a.sql": "create table a (\n);\n-- sluice:down\ndrop table a;\n" });
  expect((await p.migrate()).code).toBe(0);
  p.write({ "1_a.sql": "\uFEFFcreate table a (\r\n);\r\n-- sluice:down\r\nselect 1;\r\n" });
  expect((await p.migrate()).stdout).toContain("Nothing to do");
  p.write({ "1_a.sql": "create table a (\n) ;\n" });
  expect((await p.migrate()).code).toBe(5);
});

test("a database that is ahead of the files", async () => {
  const p = await half();
  unlinkSync(`${p.dir}/02_b.sql`);
  const ahead = await p.migrate(["--phase", "contract", "-o", "json"]);
  expect([ahead.code, ahead.stderr]).toEqual([
    0,
    expect.stringMatching(/warning: the database is ahead[\s\S]*: 2 applied/),
  ]);
  expect(JSON.parse(ahead.stdout).ahead).toEqual(["2"]);
  p.write({ "5_e.sql": "-- sluice: breaking\nalter table a rename to aa;" });
  expect((await p.migrate()).code).toBe(0);
  unlinkSync(`${p.dir}/5_e.sql`);
  const old = await p.migrate();
  expect([old.code, old.stderr]).toEqual([5, expect.stringMatching(/SL4013[\s\S]*migration 5/)]);
});
