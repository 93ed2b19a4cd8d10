import { expect, test } from "bun:test";
import { createDatabase, describeEachMajor, ownServer, query, testServer } from "../support/postgres.ts";
import { directory, migrated, opens, reasons, runGate, saysNothingTwice, startGate } from "./fixture.ts";

describeEachMajor("wait schema outlives", (major) => {
  test("a server that starts after it, and one that is restarted or killed while it listens", async () => {
    const server = await ownServer({ major });
    const { url } = await createDatabase(server);
    const dir = directory();
    await server.kill();
    const gate = await startGate(url, ["--dir", dir]);
    await gate.waitForOutput(/nothing listens/);
    await server.restart();
    await gate.waitForOutput(/no history yet/);
    await server.restart();
    await server.kill();
    await server.restart();
    await migrated(url, ["--dir", dir]);
    const { stderr } = await opens(gate);
    for (const reason of reasons({ stderr })) {
      expect(reason).toMatch(
        /nothing listens|no history|lost|ended|starting|stopping|reset|closed the connection|neither with yes|not applied/i,
      );
    }
    // Each change is one line: how many there are depends on the moments at which it looked.
    const repeated = reasons({ stderr }).filter((reason, index, all) => reason === all[index - 1]);
    expect(repeated).toEqual([]);
    expect(reasons({ stderr }).length).toBeLessThan(40);
  }, 60_000);

  test("a database that does not exist yet", async () => {
    const server = await testServer(major);
    const name = `later_${process.pid}_${major}`;
    const dir = directory();
    const gate = await startGate(server.url(name), ["--dir", dir]);
    await gate.waitForOutput(new RegExp(`there is no database '${name}'`));
    await migrated(server.url(name), ["--dir", dir, "--create-database"]);
    const { stderr } = await opens(gate);
    expect(reasons({ stderr })[0]).toMatch(/there is no database/);
    await query(server.url(), `drop database ${name} with (force)`);
  });

  test("a wrong password, until it is right", async () => {
    const server = await testServer(major);
    const role = `late_${process.pid}_${major}`;
    const dir = directory();
    const { url, name } = await createDatabase(server);
    await query(server.url(), `create role ${role} login password 'old-secret'`);
    await migrated(url, ["--dir", dir, "--grant", role]);
    const gate = await startGate(server.url(name, role, "new-secret"), ["--dir", dir]);
    await gate.waitForOutput(/password/);
    await query(server.url(), `alter role ${role} password 'new-secret'`);
    const { stderr } = await opens(gate);
    saysNothingTwice({ stderr });
    expect(stderr).not.toContain("secret");
  });
});

test("an unreachable server and the time-out: exit 124 with the reason", async () => {
  const { code, stderr } = await runGate("postgres://a@127.0.0.1:1/a", [
    "--dir",
    directory(),
    "--timeout",
    "5s",
  ]);
  expect([code, stderr]).toEqual([124, expect.stringMatching(/SL5001.*nothing listens on 127\.0\.0\.1:1/)]);
});

test("--fail-fast does not end on what may pass", async () => {
  const args = ["--dir", directory(), "--timeout", "500ms", "--fail-fast"];
  expect((await runGate("postgres://a@127.0.0.1:1/a", args)).code).toBe(124);
});
