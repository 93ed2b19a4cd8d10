import { expect, test } from "bun:test";
import { defineCommand } from "./command.ts";
import { commandHelp, programHelp } from "./help.ts";
import { programName } from "./process.ts";
import { commands } from "./testing/sample.ts";

test("the first screen has at most 25 lines and 100 columns, with all commands of the design", () => {
  const names = "new migrate down status baseline repair run wait lint rehearse explain demo".split(" ");
  const many = Object.fromEntries(
    names.map((name) => [name, { summary: "x".repeat(70), load: () => Promise.reject(new Error("loaded")) }]),
  );
  const lines = programHelp(many, "sluice").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(25);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("the help of a command shows its flags with default and variable", async () => {
  const show = await commands.show!.load();
  const text = commandHelp(show, "kubectl sluice");
  expect(text).toStartWith("Usage: kubectl sluice show [--mode M] THING [MORE...]\n\nShow what was read");
  expect(text).toMatch(
    /^ {2}--lock-timeout DURATION +longest wait for a lock \(default 2s\) \[SLUICE_LOCK_TIMEOUT\]$/m,
  );
  expect(text).toMatch(/^ {2}--phase expand\|contract +which phase/m);
  expect(text).toMatch(/^ {2}--grant ROLE +role that may read \[SLUICE_READERS\]$/m);
  expect(text).toMatch(/^ {2}--no-color +no colours, also on a terminal \[SLUICE_COLOR=false\]$/m);
  expect(text).toMatch(/^ {2}-h, --help +show this help$/m);
  expect(text).toMatch(/^ {2}MORE\.\.\. +more of it$/m);
  expect(text).toContain(
    "\n  kubectl sluice show everything\n  kubectl get pods && kubectl sluice show --check x\n",
  );
  expect(text).toMatch(/^ {2}1 +findings$/m);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("a command without arguments or flags has no empty sections", () => {
  const bare = defineCommand({
    name: "bare",
    summary: "s",
    usage: "bare",
    description: "One.\n\nTwo.",
    options: [],
    examples: ["sluice bare"],
    exits: [{ status: 0, meaning: "done" }],
    run: async () => 0,
  });
  const text = commandHelp(bare, "sluice");
  expect(text).not.toContain("Arguments:");
  expect(text).not.toContain("\nFlags:");
  expect(text).toContain("\nOne.\n\nTwo.\n");
});

test.each([
  ["sluice", "sluice"],
  ["/usr/local/bin/kubectl-sluice", "kubectl sluice"],
  ["C:\\bin\\kubectl-sluice.exe", "kubectl sluice"],
  ["bun", "sluice"],
])("called as %s it is %s", (invoked, name) => {
  expect(programName(invoked)).toBe(name);
});
