import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { executable } from "./support/executable.ts";

const root = join(import.meta.dirname, "..");
const script = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });

test.each([
  ["scripts/build.ts", ["--target", "foo"], 'there is no target "foo"'],
  ["scripts/build.ts", ["--targt", "linux-x64"], "--targt"],
  ["scripts/build.ts", ["linux-x64"], "linux-x64"],
  ["scripts/image.ts", ["--level", "99"], '--level is 1 to 19, not "99"'],
  ["scripts/image.ts", ["--platform", "linux/s390x"], 'there is no platform "linux/s390x"'],
  ["scripts/image.ts", ["--executable", "/none"], "there is no executable /none"],
  ["scripts/image.ts", ["--levl=1"], "--levl"],
] as [string, string[], string][])("%s %p: one line, the usage, exit 2", (path, args, problem) => {
  const { status, stdout, stderr } = script(path, ...args);
  const [line = "", blank, usage = ""] = stderr.split("\n");
  expect([status, stdout]).toEqual([2, ""]);
  expect(line).toStartWith("error: ");
  expect(line).toContain(problem);
  expect([blank, usage]).toEqual(["", expect.stringMatching(/^Usage: npm run (build|image) /)]);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each(["scripts/build.ts", "scripts/image.ts"])(
  "%s --help prints the usage, and builds nothing",
  (path) => {
    const { status, stdout, stderr } = script(path, "--help");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toStartWith("Usage: npm run ");
  },
);

test("the syntax line of the Dockerfile is its first, or it would be a comment", () => {
  expect(readFileSync(join(root, "Dockerfile"), "utf8")).toStartWith("# syntax=docker/dockerfile:1\n");
});

test("the executable does not hold the folder that it was built in", () => {
  expect(readFileSync(executable()).includes(`${root}/`)).toBe(false);
});
