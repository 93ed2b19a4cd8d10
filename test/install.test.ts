import { expect, test } from "bun:test";
import { chmodSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSluice, startProgram } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

test("copies itself, whole and executable; a second time nothing is written", async () => {
  const folder = join(tempDir(), "a", "b");
  const first = await runSluice(["install", folder]);
  const file = join(folder, "sluice");
  expect([first.code, first.stdout]).toEqual([0, `${file}\n`]);
  expect(statSync(file).mode & 0o777).toBe(0o755);
  const copy = await (await startProgram(file, ["--version"])).done;
  expect(copy.stdout).toContain("sluice");
  const { ino } = statSync(file);
  const again = await (await startProgram(file, ["install", folder, "-o", "json"])).done;
  expect(JSON.parse(again.stdout)).toMatchObject({ kind: "InstallResult", file, copied: false });
  expect(statSync(file).ino).toBe(ino);
});

test("replaces another file of that name in one step, and leaves nothing beside it", async () => {
  const folder = tempDir({ sluice: "#!/bin/sh\necho old\n" });
  expect((await runSluice(["install", folder])).code).toBe(0);
  expect(statSync(join(folder, "sluice")).size).toBeGreaterThan(1_000_000);
  expect(readdirSync(folder)).toEqual(["sluice"]);
});

test("five at once leave one whole file", async () => {
  const folder = tempDir();
  const ends = await Promise.all(Array.from({ length: 5 }, () => runSluice(["install", folder])));
  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(Array(5).fill([0, ""]));
  expect(readdirSync(folder)).toEqual(["sluice"]);
  const copy = await (await startProgram(join(folder, "sluice"), ["--version"])).done;
  expect(copy.code).toBe(0);
});

test("a folder that cannot be written, and sources instead of an executable: exit 2, nothing left", async () => {
  const base = tempDir();
  writeFileSync(join(base, "file"), "");
  symlinkSync("nowhere/else", join(base, "broken"));
  chmodSync(join(base, "file"), 0o400);
  const blocked = await runSluice(["install", join(base, "file", "x")]);
  expect([blocked.code, blocked.stderr]).toEqual([2, expect.stringContaining("SL2081")]);
  const sources = await runSluice(["install", base], { executable: false });
  expect([sources.code, sources.stderr]).toEqual([2, expect.stringContaining("SL2080")]);
  expect(readdirSync(base).sort()).toEqual(["broken", "file"]);
});
