import { expect, test } from "bun:test";
import { closedBarrier, executing, project } from "../migrate/fixture.ts";
import { startPgBouncer } from "../support/pgbouncer.ts";
import { connect } from "../support/postgres.ts";

const FILES = {
  "1_t.sql": "create table t (n int);\ninsert into t values (1);",
  "2_set.sql": "set search_path = pg_catalog;\nset lock_timeout = '9s';\nupdate public.t set n = n + 1;",
  "3_index.sql": "create index concurrently t_n on t (n);\nupdate t set n = n + 1;",
  "4_last.sql": "create table last ();",
};

test("a pooler in transaction mode is refused before anything is changed, with the address to use", async () => {
  const p = await project(FILES);
  const pooler = await startPgBouncer(p.db, "transaction");
  const refused = await p.migrate([], { env: { SLUICE_URL: pooler.url } });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("SL3060")]);
  expect(refused.stderr).toContain(`127.0.0.1:${new URL(p.db.url).port}`);
  expect(await p.query("select from pg_tables where schemaname = 'public'")).toHaveLength(0);
});

test("nothing pending is a success through a pooler in transaction mode", async () => {
  const p = await project(FILES);
  const pooler = await startPgBouncer(p.db, "transaction");
  expect((await p.migrate()).code).toBe(0);
  expect((await p.migrate([], { env: { SLUICE_URL: pooler.url } })).code).toBe(0);
});

test("a pooler in session mode is told from it and works when it is named", async () => {
  const p = await project(FILES);
  const pooler = await startPgBouncer(p.db, "session");
  const env = { SLUICE_URL: pooler.url };
  const refused = await p.migrate([], { env });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("SL3061")]);
  const applied = await p.migrate(["--pooler", "session"], { env });
  expect([applied.code, applied.stderr]).toEqual([0, expect.stringContaining("applied 4")]);
  expect(await p.query("select n from t")).toEqual([{ n: 3 }]);
});

test("a lease works through a pooler in transaction mode, and leaves nothing to its other clients", async () => {
  const p = await project(FILES);
  const pooler = await startPgBouncer(p.db, "transaction");
  const env = { SLUICE_URL: pooler.url };
  const five = await Promise.all([1, 2, 3, 4, 5].map(() => p.migrate(["--lock", "lease"], { env })));
  expect(five.map((one) => [one.code, one.code === 0 ? "" : one.stderr])).toEqual(five.map(() => [0, ""]));
  expect(await p.query("select n from t")).toEqual([{ n: 3 }]);
  const client = await connect(pooler.url);
  for (let look = 0; look < 5; look++) {
    const { rows } = await client.query(
      "select current_setting('search_path') s, current_setting('lock_timeout') l",
    );
    expect(rows).toEqual([{ s: '"$user", public', l: "0" }]);
  }
  expect(await p.query("select id, state from sluice_history where kind = 'lease'")).toEqual([
    { id: "free", state: "reverted" },
  ]);
});

test("a statement-wise file that needs its session is refused with a lease", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);",
    "2_steps.sql": "set search_path = public;\ncreate index concurrently t_n on t (n);",
  });
  const refused = await p.migrate(["--lock", "lease"]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/SL4034[\s\S]*2_steps\.sql:1/)]);
});

test("a runner that was frozen past its lease and taken over cannot commit", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);",
    "2_slow.sql":
      "-- sluice: transaction=off\ninsert into t values (1);\nselect from barrier;\ninsert into t values (2);",
    "3_last.sql": "create table last ();",
  });
  const barrier = await closedBarrier(p);
  const frozen = await p.start(["--lock", "lease", "--lease", "3s", "--lock-timeout", "1m"]);
  await p.until(executing("from barrier"));
  frozen.kill("SIGSTOP");
  await barrier.query("commit");
  const second = await p.migrate(["--lock", "lease", "--lease", "3s"]);
  expect([second.code, second.stderr]).toEqual([0, expect.stringContaining("applied 3")]);
  frozen.kill("SIGCONT");
  const ended = await frozen.done;
  expect([ended.code, ended.stderr]).toEqual([75, expect.stringContaining("SL4033")]);
  expect(await p.query("select n from t order by n")).toEqual([{ n: 1 }, { n: 2 }]);
});

test("a lease and a session's lock keep each other out", async () => {
  const p = await project({
    "1_t.sql": "create table t (n int);\nselect from barrier;\ninsert into t values (1);",
  });
  const barrier = await closedBarrier(p);
  const first = await p.start(["--lock", "lease", "--lock-timeout", "1m"]);
  await p.until(executing("from barrier"));
  const second = await p.migrate(["--lock-wait", "500ms"]);
  expect([second.code, second.stderr]).toEqual([75, expect.stringContaining("SL4031")]);
  await barrier.query("commit");
  expect((await first.done).code).toBe(0);
  const p2 = await project({ "1_t.sql": "select from barrier;" });
  const barrier2 = await closedBarrier(p2);
  const session = await p2.start(["--lock-timeout", "1m"]);
  await p2.until(executing("from barrier"));
  const lease = await p2.migrate(["--lock", "lease", "--lock-wait", "500ms"]);
  expect([lease.code, lease.stderr]).toEqual([75, expect.stringContaining("waiting for the runner lock")]);
  await barrier2.query("commit");
  expect((await session.done).code).toBe(0);
});
