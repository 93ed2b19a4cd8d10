import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { readMigrations } from "./read.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sluice-read-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Writes files below the temporary directory; a name may have folders. */
function write(files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(dir, name, ".."), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
}

/** "SL1022 1_a.sql:3 message", with the path below the temporary directory. */
async function errorOf(...dirs: string[]): Promise<string> {
  try {
    await readMigrations(dirs.length === 0 ? [dir] : dirs);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    expect(error.exit).toBe(2);
    const place = [error.place?.file, error.place?.line].filter(Boolean).join(":");
    return `${error.code} ${place} ${error.message}`.replaceAll(`${dir}/`, "").replaceAll(dir, "DIR");
  }
  return "no error";
}

describe("errors in names", () => {
  test.each([
    "notes.sql",
    "001.sql",
    "001_.sql",
    "001-a.sql",
    "_a.sql",
    "a_1.sql",
    "1_a.SQL",
    "١_a.sql",
    "-1_a.sql",
  ])("%p has no version", async (name) => {
    write({ [name]: "SELECT 1" });
    expect(await errorOf()).toBe(`SL1023 ${name} ${name} is no name of a migration`);
  });

  test.each([
    ["1_a.up.sql", "golang-migrate"],
    ["1_a.down.sql", "golang-migrate"],
    ["V1__a.sql", "Flyway"],
    ["V2026.01__a.sql", "Flyway"],
    ["R__views.sql", "Flyway"],
  ])("%p is named for %s", async (name, tool) => {
    write({ [name]: "SELECT 1" });
    expect(await errorOf()).toStartWith(`SL1006 ${name} ${name} follows the file names of ${tool}`);
  });

  test("two files with one version, in one directory or two", async () => {
    write({ "a/001_a.sql": "SELECT 1", "a/1_b.sql": "SELECT 1", "b/01_c.sql": "SELECT 1" });
    expect(await errorOf(join(dir, "a"))).toBe("SL1024 a/1_b.sql version 1 is also that of a/001_a.sql");
    rmSync(join(dir, "a/1_b.sql"));
    expect(await errorOf(join(dir, "a"), join(dir, "b"))).toBe(
      "SL1024 b/01_c.sql version 1 is also that of a/001_a.sql",
    );
  });
});

describe("errors in contents", () => {
  test.each([
    [
      "Latin-1",
      Buffer.from("SELECT 1;\n-- größe\nSELECT 2", "latin1"),
      "SL1026 1_a.sql:2 this line is not valid UTF-8",
    ],
    [
      "a cut character",
      Buffer.from([0x2d, 0x2d, 0x0a, 0xe2, 0x82]),
      "SL1026 1_a.sql:2 this line is not valid UTF-8",
    ],
    ["UTF-16 LE", Buffer.from("\ufeffSELECT 1", "utf16le"), "SL1027 1_a.sql:1 the file is UTF-16, not UTF-8"],
    ["UTF-16 BE", Buffer.from([0xfe, 0xff, 0, 0x41]), "SL1027 1_a.sql:1 the file is UTF-16, not UTF-8"],
    ["a NUL byte", "SELECT 1;\n\nSELECT '\0'", "SL1028 1_a.sql:3 this line holds a NUL byte"],
    [
      "another tool",
      "-- x\n-- migrate:up\nSELECT 1",
      "SL1005 1_a.sql:2 this is a file of dbmate (-- migrate:up)",
    ],
    ["a directive", "-- sluice: phase=later", 'SL1011 1_a.sql:1 bad value "later" for the directive phase'],
    [
      "its own version",
      "-- sluice: requires=2,01",
      'SL1011 1_a.sql bad value "1" for the directive requires',
    ],
  ])("%s", async (_name, content, message) => {
    write({ "1_a.sql": content });
    expect(await errorOf()).toStartWith(message);
  });
});

describe("errors of the file system", () => {
  test("a missing directory", async () => {
    expect(await errorOf(join(dir, "none"))).toBe(
      "SL1020  cannot read the directory none: it does not exist",
    );
  });

  test("a file for a directory", async () => {
    write({ "1_a.sql": "SELECT 1" });
    expect(await errorOf(join(dir, "1_a.sql"))).toStartWith("SL1021 1_a.sql ");
    expect(await errorOf(join(dir, "1_a.sql", "x"))).toStartWith("SL1021 1_a.sql/x ");
  });

  test("a directory that is named like a migration", async () => {
    mkdirSync(join(dir, "1_a.sql"));
    expect(await errorOf()).toStartWith("SL1025 1_a.sql ");
  });

  test("a link to nothing, and links in a circle", async () => {
    symlinkSync("gone.sql", join(dir, "1_a.sql"));
    expect(await errorOf()).toBe("SL1022 1_a.sql cannot read the file: it does not exist");
    rmSync(join(dir, "1_a.sql"));
    symlinkSync("1_a.sql", join(dir, "1_a.sql"));
    expect(await errorOf()).toBe("SL1022 1_a.sql cannot read the file: its links lead in a circle");
  });

  test("a file and a directory without the right to read", async () => {
    write({ "1_a.sql": "SELECT 1" });
    chmodSync(dir, 0o755);
    chmodSync(join(dir, "1_a.sql"), 0o000);
    expect(await unprivileged(() => errorOf())).toBe(
      "SL1022 1_a.sql cannot read the file: permission denied",
    );
    chmodSync(dir, 0o000);
    expect(await unprivileged(() => errorOf())).toBe(
      "SL1020  cannot read the directory DIR: permission denied",
    );
    chmodSync(dir, 0o755);
  });
});

/**
 * Root may read everything, so the call is made under the effective uid of nobody. It reads synchronously.
 */
function unprivileged<T>(call: () => T): T {
  if (process.getuid?.() !== 0) return call();
  process.seteuid?.(65534);
  try {
    return call();
  } finally {
    process.seteuid?.(0);
  }
}
