import { expect, setDefaultTimeout, test } from "bun:test";
import { project, versions } from "./fixture.ts";

setDefaultTimeout(60_000); // it may have to be built first

test("the executable alone in a folder applies, parses and resumes", async () => {
  const p = await project({
    "1_a.sql": "create table a (n int);",
    "2_b.sql":
      "insert into a values (1);\ncreate index /* the parser is embedded */ concurrently a_n on a (n);\nselect nosuch;",
  });
  const options = { executable: true };
  const failed = await p.migrate([], options);
  expect([failed.code, failed.stderr]).toEqual([
    4,
    expect.stringMatching(/SL4021[\s\S]*2_b\.sql:3:8[\s\S]*SQLSTATE 42703/),
  ]);
  p.write({
    "2_b.sql": "insert into a values (1);\ncreate index concurrently a_n on a (n);\nselect nosuch;",
  });
  const changed = await p.migrate([], options);
  expect([changed.code, changed.stderr]).toEqual([4, expect.stringContaining("SL4023")]);
  p.write({
    "2_b.sql":
      "insert into a values (1);\ncreate index /* the parser is embedded */ concurrently a_n on a (n);\nvacuum a;",
  });
  const done = await p.migrate(["-o", "json"], options);
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout).applied).toMatchObject([{ version: "2" }]);
  expect(await p.query("select from a")).toHaveLength(1);
  expect(await versions(p)).toEqual(["1", "2"]);
  const idle = await p.migrate([], options);
  expect([idle.code, idle.stderr]).toEqual([0, ""]);
  expect((await p.migrate(["--dry-run"], options)).stdout).toContain("Nothing to do");
});
