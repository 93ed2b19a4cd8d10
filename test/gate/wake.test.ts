import { expect, test } from "bun:test";
import { until } from "../migrate/fixture.ts";
import { eventually } from "../support/eventually.ts";
import { connect, createDatabase, describeEachMajor, ownServer, testDatabase } from "../support/postgres.ts";
import { standstillSince } from "../support/standstill.ts";
import { directory, migrated, opens, saysNothingTwice, startGate } from "./fixture.ts";

/** Sessions of gates and runners on a test's database. */
const SESSIONS =
  "select pid, state, query from pg_stat_activity where application_name like 'sluice:%' and datname = current_database()";

describeEachMajor("the end of a migration wakes the gates", (major) => {
  test("well below the 5 s between two reads, and ten of them within 1 s of each other", async () => {
    const { url, query } = await testDatabase(major);
    const dir = directory();
    const gates = await Promise.all(Array.from({ length: 10 }, () => startGate(url, ["--dir", dir])));
    await Promise.all(gates.map((gate) => gate.waitForOutput(/no history yet/)));
    await migrated(url, ["--dir", dir]);
    const applied = performance.now();
    const opened = await Promise.all(
      gates.map(async (gate) => {
        await gate.waitForOutput(/open after/);
        return performance.now();
      }),
    );
    const standstill = standstillSince(applied);
    expect(Math.max(...opened) - applied).toBeLessThan(2000 + standstill);
    expect(Math.max(...opened) - Math.min(...opened)).toBeLessThan(1000 + standstill);
    for (const gate of gates) expect((await gate.done).code).toBe(0);
    // The server needs a moment to end the sessions of processes that are gone.
    await eventually(async () => (await query(SESSIONS)).length === 0 || undefined, "no session");
  });

  test("also in a history whose name needs quotes", async () => {
    const { url } = await testDatabase(major);
    const place = ["--history-schema", "Deploy 1", "--history-table", "what's done"];
    const dir = directory();
    const gate = await startGate(url, ["--dir", dir, ...place]);
    await gate.waitForOutput(/no history yet/);
    const began = performance.now();
    await migrated(url, ["--dir", dir, ...place]);
    await opens(gate);
    expect(performance.now() - began).toBeLessThan(3500 + standstillSince(began));
  });
});

test("a change that nobody tells of is seen by the next read", async () => {
  const { url, query } = await testDatabase();
  const dir = directory();
  await migrated(url, ["--dir", dir]);
  await query("update sluice_history set state = 'running', statements_done = 0");
  const gate = await startGate(url, ["--dir", dir]);
  await gate.waitForOutput(/half applied/);
  // Past the second read, the one after LISTEN.
  await until({ query }, `${SESSIONS} and state = 'idle' and query like 'begin%'`);
  await query("update sluice_history set state = 'applied'");
  expect((await opens(gate)).ms).toBeGreaterThan(3500);
}, 60_000);

test("a server with little room is not listened to, and no connection is held between reads", async () => {
  const server = await ownServer({ settings: { max_connections: 12 } });
  const { url, query } = await createDatabase(server);
  const dir = directory();
  await migrated(url, ["--dir", dir]);
  await query("update sluice_history set state = 'running'");
  for (let taken = 0; taken < 6; taken++) await connect(url);
  const gate = await startGate(url, ["--dir", dir]);
  await gate.waitForOutput(/half applied/);
  while ((await query(SESSIONS)).length > 0) await Bun.sleep(10);
  await Bun.sleep(500); // well inside the pause of 4 to 6 s: nothing comes back
  expect(await query(SESSIONS)).toEqual([]);
  await query("update sluice_history set state = 'applied'");
  saysNothingTwice(await opens(gate));
}, 60_000);

test("a server without a free connection keeps it closed, and is asked again without holding one", async () => {
  const server = await ownServer({
    settings: { max_connections: 6, superuser_reserved_connections: 1, max_wal_senders: 0 },
  });
  const { url, query, name } = await createDatabase(server);
  const dir = directory();
  await query(`create role app login password 'app'; grant all on schema public to app`);
  const app = server.url(name, "app", "app");
  await migrated(url, ["--dir", dir, "--grant", "app", "--to", "1"]);
  const held = [];
  // The backends of connections that are closed already may still be leaving.
  for (let taken = 0; taken < 5; taken++)
    held.push(await eventually(() => connect(app).catch(() => undefined), "a free connection"));
  const gate = await startGate(app, ["--dir", dir]);
  await gate.waitForOutput(/(connection slots|no connection|too many)/i);
  for (const client of held) await client.end();
  await gate.waitForOutput(/migration 2 email is not applied/);
  while ((await query(SESSIONS)).length > 0) await Bun.sleep(10);
  await Bun.sleep(500); // inside the pause
  expect(await query(SESSIONS)).toEqual([]);
  await migrated(url, ["--dir", dir]);
  await opens(gate);
}, 60_000);

test("SIGTERM ends it with 143 and leaves no session, SIGINT with 130", async () => {
  const { url, query } = await testDatabase();
  for (const [signal, status] of [
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const) {
    const gate = await startGate(url, ["--dir", directory()]);
    await gate.waitForOutput(/no history yet/);
    gate.kill(signal);
    const { code, stdout, ms } = await gate.done;
    expect([code, stdout]).toEqual([status, ""]);
    expect(ms).toBeLessThan(30_000);
    await eventually(async () => (await query(SESSIONS)).length === 0 || undefined, "no session");
  }
});
