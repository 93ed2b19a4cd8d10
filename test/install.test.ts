import { describe, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { hostTarget } from "../scripts/build/targets.ts";
import { executable } from "./support/executable.ts";
import { failureOf } from "./support/failure.ts";
import { runSluice, startProgram } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

const onGlibc = /^linux-[^-]*$/.test(hostTarget() ?? "");
/** What stands in the folder afterwards. */
const left = onGlibc ? ["sluice", "sluice-libc"] : ["sluice"];

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
  const fromCopy = await (await startProgram(file, ["install", join(folder, "b")])).done;
  expect([fromCopy.code, fromCopy.stderr]).toEqual([0, ""]);
  const copyOfCopy = await (await startProgram(join(folder, "b", "sluice"), ["--version"])).done;
  expect(copyOfCopy.stdout).toBe(copy.stdout);
});

test("replaces another file of that name in one step, and leaves nothing beside it", async () => {
  const folder = tempDir({ sluice: "#!/bin/sh\necho old\n" });
  expect((await runSluice(["install", folder])).code).toBe(0);
  expect(statSync(join(folder, "sluice")).size).toBeGreaterThan(1_000_000);
  expect(readdirSync(folder).sort()).toEqual(left);
});

test("what a copy that was killed left behind does not stop the next one", async () => {
  const folder = tempDir();
  // exec keeps the number of the process, as a container that is started again has it: 1.
  const script = `touch "$0/.sluice-${hostname()}-$$"; exec "$1" install "$0"`;
  const again = await (await startProgram("/bin/sh", ["-c", script, folder, executable()])).done;
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(readdirSync(folder).sort()).toEqual(left);
});

describe.skipIf(!onGlibc)("the C library", () => {
  test("comes along: the copy loads nothing from elsewhere, whatever LD_LIBRARY_PATH says", async () => {
    const folder = tempDir();
    expect((await runSluice(["install", folder])).code).toBe(0);
    const own = join(folder, "sluice-libc");
    const broken = tempDir({ "libm.so.6": "not a library", "libc.so.6": "not a library" });
    const env = { LD_LIBRARY_PATH: broken };
    const loader = readdirSync(own).find((name) => name.startsWith("ld-linux")) as string;
    const list = await (await startProgram(join(own, loader), ["--list", join(folder, "sluice")], { env }))
      .done;
    const paths = [...list.stdout.matchAll(/\/\S+/g)].map(([path]) => path);
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.filter((path) => dirname(path) !== own)).toEqual([]);

    const file = join(folder, "sluice");
    const copy = await (await startProgram(file, ["--version"], { env })).done;
    expect([copy.code, copy.stderr]).toEqual([0, ""]);
    rmSync(own, { recursive: true });
    expect((await failureOf(startProgram(file, ["--version"]))).message).toContain("ENOENT");
  });

  test("stays away with --no-libc: the very same file, which takes that of the image", async () => {
    const folder = tempDir();
    expect((await runSluice(["install", folder, "--no-libc"])).code).toBe(0);
    expect(readdirSync(folder)).toEqual(["sluice"]);
    expect(readFileSync(join(folder, "sluice")).equals(readFileSync(executable()))).toBe(true);
    const whole = await (await startProgram(join(folder, "sluice"), ["install", folder])).done;
    expect([whole.code, readdirSync(folder).sort()]).toEqual([0, left]);
    expect(readFileSync(join(folder, "sluice")).equals(readFileSync(executable()))).toBe(false);
  });
});

test("five at once leave one whole file", async () => {
  const folder = tempDir();
  const ends = await Promise.all(Array.from({ length: 5 }, () => runSluice(["install", folder])));
  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(Array(5).fill([0, ""]));
  expect(readdirSync(folder).sort()).toEqual(left);
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
