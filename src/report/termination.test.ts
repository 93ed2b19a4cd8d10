import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terminationMessage, writeTermination } from "./termination.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-termination-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a short message stays whole", () => {
  const whole = { code: "SL1001", message: "m", migration: "20260101", hint: "h" };
  expect(JSON.parse(terminationMessage(whole))).toEqual(whole);
  expect(JSON.parse(terminationMessage({ message: "m" }))).toEqual({ message: "m" });
});

test.each([
  ["ASCII", "x"],
  ["two bytes", "é"],
  ["four bytes", "\u{1f600}"],
  ["escaped", '"\n'],
  ["a lone surrogate", "\ud800"],
])("a long message of %s is cut to 4096 bytes of valid JSON, and uses them", (_, char) => {
  const text = terminationMessage({
    code: "SL1001",
    message: char.repeat(9000),
    migration: "1",
    hint: "next",
  });
  const bytes = Buffer.from(text);
  expect(bytes.length).toBeLessThanOrEqual(4096);
  expect(bytes.length).toBeGreaterThan(4080);
  const read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  expect(read).toMatchObject({ code: "SL1001", migration: "1", hint: "next" });
  expect(read.message).toMatch(/\.\.\.$/);
  expect(char.repeat(9000).startsWith(read.message.slice(0, -3))).toBe(true);
});

test("the message is cut first, the hint only when that does not do", () => {
  const read = JSON.parse(
    terminationMessage({ code: "SL1", message: "m".repeat(5000), hint: "h".repeat(5000) }),
  );
  expect(read.message).toBe("...");
  expect(read.hint.length).toBeGreaterThan(4000);
});

test("writes to the file that the variable names; a folder that is missing is only said with -v", async () => {
  const file = join(folder, "log");
  const said: string[] = [];
  await writeTermination({ message: "m" }, { SLUICE_TERMINATION_LOG: file }, (text) => said.push(text));
  expect(readFileSync(file, "utf8")).toBe('{"message":"m"}');
  expect(said).toEqual([]);
  const missing = join(folder, "none", "log");
  await writeTermination({ message: "m" }, { SLUICE_TERMINATION_LOG: missing }, (text) => said.push(text));
  expect(existsSync(missing)).toBe(false);
  expect(said.join()).toContain("could not be written");
});
