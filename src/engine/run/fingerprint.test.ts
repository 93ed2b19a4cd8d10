import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "../../../test/support/temp.ts";
import { fingerprint } from "./fingerprint.ts";

const command = ["rails", "db:migrate"];
const idOf = async (paths: string[], words = command) => (await fingerprint(words, paths)).id;

test("the same content and names give the same ID, wherever they lie", async () => {
  const files = { "1.sql": "a", "sub/2.sql": "b" };
  const [one, two] = [tempDir(files), tempDir(files)];
  utimesSync(join(two, "1.sql"), 1, 1);
  chmodSync(join(two, "1.sql"), 0o600);
  expect(await idOf([one])).toBe(await idOf([two]));
  expect(await idOf([one])).toMatch(/^[0-9a-f]{20}$/);
});

test("a change of command, content, name, or number of files gives another ID", async () => {
  const dir = tempDir({ "1.sql": "a", "2.sql": "b" });
  const ids = [await idOf([dir]), await idOf([dir], ["rails", "db:migrate", "-v"]), await idOf([dir, dir])];
  ids.push(await idOf([dir], ["rails db:migrate"]));
  writeFileSync(join(dir, "2.sql"), "c");
  ids.push(await idOf([dir]));
  renameSync(join(dir, "2.sql"), join(dir, "3.sql"));
  ids.push(await idOf([dir]));
  // A byte that moves from one file to the next.
  writeFileSync(join(dir, "1.sql"), "ac");
  writeFileSync(join(dir, "3.sql"), "");
  ids.push(await idOf([dir]), await idOf([join(dir, "1.sql")]));
  expect(new Set(ids).size).toBe(ids.length);
});

test("a mounted ConfigMap counts by what it shows, not by the folders of Kubernetes", async () => {
  const plain = tempDir({ "1.sql": "a" });
  const mount = tempDir({ "..2026_01/1.sql": "a" });
  symlinkSync("..2026_01", join(mount, "..data"));
  symlinkSync("..data/1.sql", join(mount, "1.sql"));
  expect(await idOf([mount])).toBe(await idOf([plain]));
});

test("what cannot be read, holds nothing or never ends is an error", async () => {
  const dir = tempDir({ "a/x": "1" });
  const code = (paths: string[]) => idOf(paths).catch((error) => [error.code, error.exit, error.message]);
  expect(await code([join(dir, "missing")])).toEqual(["SL4205", 2, expect.stringContaining("ENOENT")]);
  expect(await code([dir, "/dev/null"])).toEqual(["SL4205", 2, expect.stringContaining("neither a file")]);
  symlinkSync("..", join(dir, "a", "up"));
  expect(await code([dir])).toEqual(["SL4205", 2, expect.stringContaining("leads back")]);
  rmSync(join(dir, "a"), { recursive: true });
  mkdirSync(join(dir, "empty"));
  expect(await code([dir])).toEqual(["SL4205", 2, expect.stringContaining("no file")]);
});
