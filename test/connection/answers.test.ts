import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connectClient } from "../../src/databases/postgres/connection/connect.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { failureOf } from "../support/failure.ts";
import { query } from "../support/postgres.ts";
import {
  ask,
  failure,
  fakeServer,
  folder,
  type Given,
  PASSWORD,
  plain,
  server,
  settings,
  startServers,
  TLS,
} from "./fixture.ts";

setDefaultTimeout(60_000);
beforeAll(startServers);

describe("password", () => {
  test("SCRAM, MD5 and clear text", async () => {
    for (const user of ["scram", "hashed", "clear"]) await ask({ user, password: PASSWORD });
    expect(
      await ask({ user: "scram", password: PASSWORD, sslmode: "require", channel_binding: "require" }),
    ).toEqual(TLS);
  });

  test("wrong, missing, and with channel binding that cannot be", async () => {
    for (const user of ["scram", "hashed", "clear"]) {
      const wrong = await failure({ user, password: `${PASSWORD}!` });
      expect([wrong.code, wrong.exit]).toEqual(["SL3030", 2]);
      expect(wrong.message).toContain(`'${user}'`);
      expect(wrong.message).toContain("the URL in SLUICE_URL");
      expect((await failure({ user })).code).toBe("SL3031");
    }
    const bound = { password: PASSWORD, channel_binding: "require" };
    expect((await failure({ ...bound, user: "scram", sslmode: "disable" })).code).toBe("SL3041");
    expect((await failure({ ...bound, user: "hashed" })).code).toBe("SL3041");
    expect((await failure({ ...bound, user: "postgres" })).code).toBe("SL3041");
  });
});

describe("what the server or the network answers", () => {
  test("no database, no right, a bad setting", async () => {
    const missing = await failure({ dbname: "nope" });
    expect([missing.code, missing.exit]).toEqual(["SL3033", 2]);
    expect(missing.hint).toContain("--create-database");
    const right = await failure({ user: "tls_only", dbname: "template1" });
    expect([right.code, right.exit]).toEqual(["SL3039", 2]);
    expect((await failure({ options: "-c no_such_setting=1" })).code).toBe("SL3040");
  });

  test("refused, unknown, silent, cut off: exit 69 with the host", async () => {
    const closed = await fakeServer((socket) => socket.end());
    const silent = await fakeServer(() => {});
    const cases: [Given, string][] = [
      [{ port: 1 }, "SL3020"],
      [{ host: folder }, "SL3020"],
      [{ host: "no-such-host.invalid" }, "SL3021"],
      [{ port: silent, connect_timeout: 1 }, "SL3022"],
      [{ port: closed }, "SL3024"],
    ];
    for (const [given, code] of cases) {
      const error = await failure(given);
      expect([error.code, error.exit]).toEqual([code as typeof error.code, 69]);
      expect(error.message).toContain(`${given.host ?? "localhost"}:${given.port ?? server.port}`);
    }
  });

  test("too many connections", async () => {
    await query(server.url(), "ALTER ROLE tls_only CONNECTION LIMIT 0");
    cleanUpAfter(async () => void (await query(server.url(), "ALTER ROLE tls_only CONNECTION LIMIT -1")));
    const error = await failure({ user: "tls_only" });
    expect([error.code, error.exit]).toEqual(["SL3026", 69]);
  });
});

describe("several hosts", () => {
  test("whoever is not there is passed over, whoever refuses is not", async () => {
    const two = { host: "localhost,localhost", port: `1,${server.port}` };
    expect(await ask(two)).toEqual(TLS);
    const refusing = { host: "localhost,localhost", port: `${server.port},${plain.port}`, dbname: "nope" };
    expect((await failure(refusing)).message).toContain(`localhost:${server.port}`);
    const error = await failure({ host: "localhost,no-such-host.invalid", port: 1 });
    expect(error.code).toBe("SL3021");
    expect(error.notes.join()).toContain("localhost:1");
  });

  test("target_session_attrs", async () => {
    for (const target_session_attrs of ["any", "primary", "read-write", "prefer-standby"]) {
      expect(await ask({ target_session_attrs })).toEqual(TLS);
    }
    for (const target_session_attrs of ["standby", "read-only"]) {
      const error = await failure({ target_session_attrs });
      expect(error.code).toBe("SL3027");
      expect(error.exit).toBe(69);
    }
    const options = "-c default_transaction_read_only=on";
    expect(await ask({ target_session_attrs: "read-only", options })).toEqual(TLS);
    expect((await failure({ target_session_attrs: "read-write", options })).code).toBe("SL3027");
  });
});

describe("the session", () => {
  test("every value is text or null, and nothing comes from the process's own PG*", async () => {
    const mine = {
      PGOPTIONS: "-c work_mem=1MB",
      PGAPPNAME: "mine",
      PGSSLMODE: "disable",
      PGPASSWORD: "x",
      PGUSER: "y",
    };
    const before = Object.fromEntries(Object.keys(mine).map((name) => [name, process.env[name]]));
    Object.assign(process.env, mine);
    try {
      const row = await ask(
        { options: "-c search_path=app" },
        `SELECT 1::int8, now() - now(), NULL, true, ARRAY[1], '{"a":1}'::json, current_setting('search_path'),
           current_setting('work_mem') <> '1MB', current_setting('application_name')`,
      );
      expect(row).toEqual(["1", "00:00:00", null, "t", "{1}", '{"a":1}', "app", "t", "sluice test"]);
      expect(await ask({ application_name: "own" }, "SHOW application_name")).toEqual(["own"]);
      expect(await ask({}, "SHOW work_mem")).not.toEqual(["1MB"]);
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  test("a connection that is cut does not end the process", async () => {
    const client = await connectClient(settings({}), { applicationName: "cut" });
    cleanUpAfter(() => client.end());
    const ended = new Promise((resolve) => client.once("end", resolve));
    await query(
      server.url(),
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut'",
    );
    await ended;
    await failureOf(client.query("SELECT 1"));
  });
});
