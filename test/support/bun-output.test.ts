import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { countIn, failuresIn } from "./bun-output.ts";
import { tempDir } from "./temp.ts";

/** What `bun test` itself prints. */
function outputOf(file: string): string {
  const cwd = tempDir({ "a.test.ts": `import { test } from "bun:test";\n${file}` });
  const { stdout, stderr } = spawnSync(process.execPath, ["test"], { cwd, encoding: "utf8" });
  return stdout + stderr;
}

const fail = (name: string) => `test("${name}", () => { throw new Error("reason of ${name}"); });\n`;
const pass = (name: string) => `test("${name}", () => {});\n`;

test("the sums, and each failure with its reason and nothing of another test", () => {
  const output = outputOf(`${pass("good")}${fail("one")}test.${"skip"}("left", () => {});\n${fail("two")}`);
  expect((["pass", "fail", "skip"] as const).map((word) => countIn(output, word))).toEqual([1, 2, 1]);
  const failures = failuresIn(output);
  expect(failures).toHaveLength(2);
  for (const [index, name] of ["one", "two"].entries()) {
    expect(failures[index]).toContain(`error: reason of ${name}`);
    expect(failures[index]).toMatch(new RegExp(`\\n\\(fail\\) ${name}\\b[^\\n]*$`));
  }
  expect(failures[1]).not.toContain("error: reason of one");
});

test("of many tests each failure once, although Bun names them again at the end", () => {
  const many = Array.from({ length: 30 }, (_, index) => pass(`good ${index}`)).join("");
  const output = outputOf(`${fail("one")}${many}${fail("two")}`);
  expect(output).toContain("2 tests failed:");
  expect(failuresIn(output).map((text) => /error: (.*)$/m.exec(text)?.[1])).toEqual([
    "reason of one",
    "reason of two",
  ]);
});

test("a file that does not load has no sums and no failed test", () => {
  const output = outputOf("this is no program");
  expect([countIn(output, "pass"), failuresIn(output)]).toEqual([0, []]);
});
