import { expect, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { executing, project } from "../migrate/fixture.ts";
import { connect } from "../support/postgres.ts";
import { standstillSince } from "../support/standstill.ts";

/**
 * Longest time, in milliseconds, that a SELECT of another client took while `until` was pending; `net` is without the
 * time for which the machine stood still.
 */
async function longestStall(url: string, until: Promise<unknown>): Promise<{ all: number; net: number }> {
  const client = await connect(url);
  let over = false;
  let [all, net] = [0, 0];
  void until.finally(() => {
    over = true;
  });
  while (!over) {
    const began = performance.now();
    await client.query("select count(*) from users");
    const took = performance.now() - began;
    all = Math.max(all, took);
    net = Math.max(net, took - standstillSince(began));
    await sleep(10);
  }
  return { all, net };
}

const ONE = { "2_alter.sql": "alter table users add column a int;" };
const FOUR = {
  "2_alter.sql": ["a", "b", "c", "d"].map((name) => `alter table t_${name} add column x int;`).join("\n"),
};
const SETUP = {
  "1_users.sql": `create table users (id int);\n${["a", "b", "c", "d"]
    .map((name) => `create table t_${name} (id int);`)
    .join("\n")}`,
};

test("one ALTER behind an idle transaction stalls a SELECT for no longer than the lock timeout", async () => {
  const p = await project({ ...SETUP, ...ONE });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  const idle = await connect(p.db.url);
  await idle.query("begin; select * from users");
  const run = p.migrate(["--lock-timeout", "2s", "--lock-budget", "10s"]);
  const stall = await longestStall(p.db.url, run);
  const ended = await run;
  expect([ended.code, ended.stderr]).toEqual([
    75,
    expect.stringMatching(/pid \d+ \(sluice test, idle in transaction/),
  ]);
  // The machine is shared with other tests: what matters is the bound, not the last 100 ms.
  expect(stall.all).toBeGreaterThan(1200);
  expect(stall.net).toBeLessThan(3500);
  expect(await p.query("select from information_schema.columns where column_name = 'a'")).toHaveLength(0);
  await idle.query("commit");
  expect((await p.migrate()).code).toBe(0);
});

test("the waits of four ALTERs, each behind a transaction of its own, add up to no more than the lock timeout", async () => {
  const p = await project({
    ...SETUP,
    "2_alter.sql": `alter table users add column z int;\n${FOUR["2_alter.sql"]}`,
  });
  expect((await p.migrate(["--to", "1"])).code).toBe(0);
  // Each blocker goes away shortly before the timeout of one wait, so every ALTER would wait that long.
  const blockers = await Promise.all(
    ["a", "b", "c", "d"].map(async (name) => {
      const client = await connect(p.db.url);
      await client.query(`begin; select * from t_${name}`);
      return client;
    }),
  );
  const run = p.migrate(["--lock-timeout", "3s", "--lock-budget", "60s"]);
  const release = (async () => {
    await p.until(executing("t_a add"));
    for (const blocker of blockers) {
      await sleep(2400);
      await blocker.query("commit");
    }
  })();
  const stall = await longestStall(p.db.url, run);
  await release;
  expect((await run).code).toBe(0);
  expect(stall.net).toBeLessThan(4800);
});
