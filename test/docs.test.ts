import { expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compare, generate } from "../scripts/docs.ts";
import type { Command } from "../src/cli/command.ts";
import { globalOptions } from "../src/cli/global-options.ts";
import { commandHelp } from "../src/cli/help.ts";
import { keyOf, type Option } from "../src/cli/option.ts";
import { parseCommand } from "../src/cli/parse.ts";
import { commands } from "../src/commands/index.ts";
import { catalogue, type ErrorEntry } from "../src/errors.ts";
import { exitMeanings } from "../src/report/exits.ts";

const root = join(import.meta.dirname, "..");
const codes = Object.keys(catalogue).sort();
const entries = Object.entries<ErrorEntry>(catalogue);
const loaded: Command[] = await Promise.all(Object.values(commands).map(({ load }) => load()));

test("every code has a page, and every page a code", async () => {
  const pages = (await readdir(join(root, "docs/errors"))).sort();
  expect(pages).toEqual(["README.md", ...codes.map((code) => `${code}.md`)].sort());
});

test("the pages are what is generated", async () => {
  expect(await compare(root, await generate())).toEqual({ changed: [], stale: [] });
});

test("a changed, a missing and a stale page are found", async () => {
  const copy = await mkdtemp(join(tmpdir(), "sluice-docs-"));
  try {
    const pages = await generate();
    for (const [path, text] of pages) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await writeFile(join(copy, path), text);
    }
    expect(await compare(copy, pages)).toEqual({ changed: [], stale: [] });
    await rm(join(copy, "docs/errors/SL2001.md"));
    await writeFile(join(copy, "docs/errors/SL2002.md"), "x");
    await writeFile(join(copy, "docs/errors/SL2999.md"), "x");
    expect(await compare(copy, pages)).toEqual({
      changed: ["docs/errors/SL2001.md", "docs/errors/SL2002.md"],
      stale: ["docs/errors/SL2999.md"],
    });
  } finally {
    await rm(copy, { recursive: true });
  }
});

test("no code stands in two areas of the catalogue", async () => {
  const folder = join(root, "src/errors");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const modules = await Promise.all(files.map((name) => import(join(folder, name))));
  const areas = modules.flatMap((module) => Object.entries<Record<string, ErrorEntry>>(module));
  const all = areas.filter(([name]) => name.endsWith("Errors")).flatMap(([, area]) => Object.entries(area));
  expect(all.length).toBeGreaterThan(0);
  // An area may be put together from others; but then the entry is the very same.
  for (const [code, entry] of all) expect(entry).toBe((catalogue as Record<string, ErrorEntry>)[code]!);
});

test.each(entries)("%s is filled in", (code, entry) => {
  expect(code).toMatch(/^SL\d{4}$/);
  expect(entry.title).toMatch(/^[A-Z].*[^.]$/);
  expect(entry.message).toMatch(/[^.]$/);
  expect(entry.hint.length).toBeGreaterThan(10);
  expect(entry.page.length).toBeGreaterThan(50);
  expect(exitMeanings[entry.exit]).toBeString();
});

test.each(loaded.map((command) => [command.name, command] as const))(
  "sluice %s describes itself",
  (name, command) => {
    expect(commands[name]?.summary).toBe(command.summary);
    expect(command.usage.split(" ")[0]).toBe(name);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) expect(example).toContain(`sluice ${name}`);
    expect(command.exits.map(({ status }) => status)).toContain(0);
    for (const { status } of command.exits) expect(Object.keys(exitMeanings)).toContain(String(status));
    expect(commandHelp(command, "sluice")).toContain("Exit status:");
    // Every default has the type of its option.
    const bare = { ...command, arguments: [] };
    expect(() => parseCommand(bare, [], { env: {} })).not.toThrow();
  },
);

test("no two options share a name, a letter or a key with another meaning", () => {
  for (const command of loaded) {
    const all: readonly Option[] = [...command.options, ...globalOptions];
    for (const part of [all.map(keyOf), all.map(({ name }) => name), all.flatMap(({ short }) => short ?? [])])
      expect(part.length).toBe(new Set(part).size);
  }
  const types = new Map<string, string>();
  for (const option of loaded.flatMap(({ options }) => options)) {
    const key = keyOf(option);
    expect(`${key}: ${types.get(key) ?? option.type}`).toBe(`${key}: ${option.type}`);
    types.set(key, option.type);
  }
});
