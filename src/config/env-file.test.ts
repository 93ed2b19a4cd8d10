import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureOf } from "../../test/support/failure.ts";
import type { SluiceError } from "../errors.ts";
import { parseEnvFile, withEnvFiles } from "./env-file.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-env-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each<[string, Record<string, string>]>([
  ["", {}],
  ["A=1", { A: "1" }],
  ["\ufeffA=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["# c\n\n  export A = x y  # c\n", { A: "x y" }],
  ["A=a#b\nB=$A\nC=\nD= # c\n", { A: "a#b", B: "$A", C: "", D: "" }],
  ['A=\'x # "y\\n\'\nB="x\\n\\"y\\\\ \\t" # c', { A: 'x # "y\\n', B: 'x\n"y\\ \\t' }],
  [
    'A="1\n2\n"\nB=postgres://u:p@h/d?sslmode=require',
    { A: "1\n2\n", B: "postgres://u:p@h/d?sslmode=require" },
  ],
  ["A=it's", { A: "it's" }],
  ["A=1\nA=2", { A: "2" }],
])("%j is %j", (text, values) => {
  expect(parseEnvFile(text, "f")).toEqual(values);
});

test.each<[string, number, string]>([
  ["A=1\nnonsense hunter2", 2, "not KEY=VALUE"],
  ["=x", 1, "not KEY=VALUE"],
  ["A-B=x", 1, "not KEY=VALUE"],
  ['A="1\n2"\n\nB="x', 4, "no end"],
  ["A='x' y", 1, "behind the quoted value"],
  ["A=#secret", 1, "begins with #"],
])("%j is an error in line %i", (text, line, reason) => {
  let error: SluiceError | undefined;
  try {
    parseEnvFile(text, "f.env");
  } catch (thrown) {
    error = thrown as SluiceError;
  }
  expect(error?.code).toBe("SL2021");
  expect(error?.place).toEqual({ file: "f.env", line });
  expect(error?.message).toContain(reason);
  expect(error?.message).not.toMatch(/hunter2|secret/);
});

test("the process's variables win, then the later file; a missing file is an error", async () => {
  const files = ["a.env", "b.env"].map((name) => join(folder, name));
  writeFileSync(files[0]!, "A=a\nB=a\nC=a\n");
  writeFileSync(files[1]!, "B=b\nC=b\n");
  expect(await withEnvFiles({ C: "real", D: undefined }, files)).toEqual({ A: "a", B: "b", C: "real" });
  const missing = withEnvFiles({}, [join(folder, "none.env")]);
  expect(await failureOf(missing)).toMatchObject({ code: "SL2020", exit: 2 });
  expect((await failureOf(withEnvFiles({}, [folder]))).message).toContain("it is a folder");
});
