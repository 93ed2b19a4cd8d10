import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureOf } from "../../test/support/failure.ts";
import type { Option } from "../cli/option.ts";
import { parseConfig, readConfigFile } from "./config-file.ts";
import { checkKeys } from "./known-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const texts = async (yaml: string) =>
  Object.fromEntries([...(await parseConfig(yaml, "s.yaml"))].map(([key, value]) => [key, value.texts]));

test("a file that is not there is no error unless it was named", async () => {
  const file = join(folder, "sluice.yaml");
  expect(await readConfigFile(file, false)).toBeUndefined();
  expect(await failureOf(readConfigFile(file, true))).toMatchObject({ code: "SL2010" });
  expect((await failureOf(readConfigFile(folder, false))).message).toContain("it is a folder");
  writeFileSync(file, "a: 1\n");
  expect(await readConfigFile(file, false)).toBe("a: 1\n");
});

test.each<[string, Record<string, string[]>]>([
  ["", {}],
  ["# nothing\n", {}],
  ["~", {}],
  ["a: 5m\nb: true\nc: 007\nd: 'q: x'\ne:\n", { a: ["5m"], b: ["true"], c: ["007"], d: ["q: x"] }],
  ["a: [x, 'y,z']\nb:\n  - 1\n  -\nc: []\n", { a: ["x", "y,z"], b: ["1", ""], c: [] }],
  ["a: &x one\nb: *x\n", { a: ["one"], b: ["one"] }],
  ["a: |\n  two\n  lines\n", { a: ["two\nlines\n"] }],
])("%j holds %j", async (yaml, expected) => {
  expect(await texts(yaml)).toEqual(expected);
});

test.each<[string, string, number]>([
  ["a: 1\nb: [x\n", "SL2011", 3],
  ["a: 1\na: 2\n", "SL2011", 2],
  ["\n- a\n", "SL2013", 2],
  ["word", "SL2013", 1],
  ["a: 1\nb:\n  c: 1\n", "SL2004", 2],
  ["a: 1\nb: [[x]]\n", "SL2004", 2],
])("%j is %s in line %i", async (yaml, code, line) => {
  expect(await failureOf(parseConfig(yaml, "s.yaml"))).toMatchObject({
    code,
    place: { file: "s.yaml", line },
  });
});

test("several documents are an error", async () => {
  expect(await failureOf(parseConfig("a: 1\n---\nb: 1\n", "s.yaml"))).toMatchObject({ code: "SL2013" });
});

describe("keys", () => {
  const own: Option[] = [
    { name: "lock-timeout", type: "duration", summary: "s" },
    { name: "grant", type: "list", key: "readers", summary: "s" },
    { name: "env-file", type: "list", scope: "environment", summary: "s" },
  ];
  const others: Option[] = [{ name: "steps", type: "integer", summary: "s" }];
  const check = async (yaml: string) => checkKeys(await parseConfig(yaml, "s.yaml"), own, async () => others);

  test("those of all commands are known, and their values are checked", async () => {
    await check("lockTimeout: 2s\nreaders: a\nsteps: 3\n");
    expect(await failureOf(check("lockTimeout: 2s\nsteps: many\n"))).toMatchObject({
      code: "SL2004",
      place: { line: 2 },
    });
    expect(await failureOf(check("lockTimeout: [1s, 2s]\n"))).toMatchObject({ code: "SL2004" });
  });
  test.each([
    ["lock-timeout", "did you mean `lockTimeout`?"],
    ["lock_timeout", "did you mean `lockTimeout`?"],
    ["LOCK_TIMEOUT", "did you mean `lockTimeout`?"],
    ["lockTimeot", "did you mean `lockTimeout`?"],
    ["grant", "did you mean `readers`?"],
    ["stesp", "did you mean `steps`?"],
    ["envFile", "envFile cannot stand in the file: give it as the flag --env-file"],
    ["somethingElse", "remove the key, or see docs/reference/cli.md for all keys"],
  ])("%s is unknown: %s", async (key, hint) => {
    expect(await failureOf(check(`readers: a\n${key}: 1s\n`))).toMatchObject({
      code: "SL2012",
      message: `unknown key "${key}"`,
      hint,
      place: { file: "s.yaml", line: 2, column: 1 },
    });
  });
});
