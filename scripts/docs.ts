import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Commands } from "../src/cli/command.ts";
import { commands } from "../src/commands/index.ts";
import { RULES as accountRules } from "../src/databases/postgres/accounts/rules.ts";
import { catalogue, type ErrorEntry } from "../src/errors.ts";
import { MANIFEST_RULES } from "../src/manifests/check.ts";
import { cliReference } from "./docs/cli.ts";
import { errorIndex, errorPage } from "./docs/errors.ts";
import { historyReference } from "./docs/history.ts";
import { manifestRulePage, ruleIndex, rulePage } from "./docs/rules.ts";
import { underLoad } from "./docs/under-load.ts";

/** Folders whose pages are all generated: what is too much there is removed. */
const ERRORS = "docs/errors";
const RULES = "docs/rules";
/** Where the examples of the rules for manifests stand. */
const EXAMPLES = join(import.meta.dirname, "../src/manifests/rules");

/** All generated pages: path from the root of the repository to text. */
export async function generate(all: Commands = commands): Promise<Map<string, string>> {
  const entries = Object.entries<ErrorEntry>(catalogue).sort(([a], [b]) => (a < b ? -1 : 1));
  const loaded = await Promise.all(Object.values(all).map(({ load }) => load()));
  return new Map([
    ...entries.map(([code, entry]) => [`${ERRORS}/${code}.md`, errorPage(code, entry)] as const),
    [`${ERRORS}/README.md`, errorIndex(entries)],
    ...accountRules.map((rule) => [`${RULES}/${rule.code}.md`, rulePage(rule)] as const),
    ...(await Promise.all(
      MANIFEST_RULES.map(async (rule) => {
        const example = (which: string) => readFile(join(EXAMPLES, `${rule.name}.${which}.yaml`), "utf8");
        const examples = { bad: await example("bad"), good: await example("good") };
        return [`${RULES}/${rule.code}.md`, manifestRulePage(rule, examples)] as const;
      }),
    )),
    [`${RULES}/README.md`, ruleIndex(accountRules, MANIFEST_RULES)],
    ["docs/reference/cli.md", cliReference(loaded)],
    ["docs/reference/history-table.md", historyReference()],
    [
      "docs/reference/under-load.md",
      await underLoad(join(import.meta.dirname, "../docs/reference/under-load.json")),
    ],
  ]);
}

/** What the repository's pages and the generated ones differ in; paths, sorted. */
export async function compare(
  root: string,
  pages: ReadonlyMap<string, string>,
): Promise<{ changed: string[]; stale: string[] }> {
  const changed: string[] = [];
  for (const [path, text] of pages) {
    const present = await readFile(join(root, path), "utf8").catch(() => undefined);
    if (present !== text) changed.push(path);
  }
  const stale: string[] = [];
  for (const folder of [ERRORS, RULES]) {
    const there = await readdir(join(root, folder)).catch(() => []);
    stale.push(...there.map((name) => `${folder}/${name}`).filter((path) => !pages.has(path)));
  }
  return { changed: changed.sort(), stale: stale.sort() };
}

async function main(check: boolean): Promise<number> {
  const root = join(import.meta.dirname, "..");
  const pages = await generate();
  const { changed, stale } = await compare(root, pages);
  for (const path of changed) process.stdout.write(`${check ? "out of date" : "written"}: ${path}\n`);
  for (const path of stale) process.stdout.write(`${check ? "stale" : "removed"}: ${path}\n`);
  if (check) {
    const wrong = changed.length + stale.length;
    if (wrong > 0)
      process.stderr.write(`${wrong} pages differ from what they are made of: run \`npm run docs\`\n`);
    return wrong > 0 ? 1 : 0;
  }
  for (const path of changed) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), pages.get(path) ?? "");
  }
  for (const path of stale) await rm(join(root, path));
  return 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.includes("--check"));
