import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "./support/executable.ts";
import { tempDir } from "./support/temp.ts";

/** Markdown files below a folder, without what is not ours. */
function pagesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (["node_modules", ".git", "dist"].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pagesIn(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** What stands behind `](` outside of code: addresses of links and images. */
function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
}

/** Anchors of a page's headings, as repository hosts make them. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
}

/** Links of the pages that lead nowhere: "page: link". Addresses of other hosts are not looked at. */
function brokenLinks(folder: string): string[] {
  return pagesIn(folder).flatMap((file) => {
    const text = readFileSync(file, "utf8");
    const isBroken = (link: string): boolean => {
      if (/^[a-z][a-z+.-]*:/i.test(link)) return false;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? file : join(dirname(file), decodeURIComponent(path));
      if (!existsSync(target)) return true;
      if (anchor === undefined || !statSync(target).isFile()) return false;
      return !anchorsOf(readFileSync(target, "utf8")).includes(anchor);
    };
    return linksOf(text)
      .filter(isBroken)
      .map((link) => `${file.slice(folder.length + 1)}: ${link}`);
  });
}

test("every relative link in a page leads to a file, and to a heading where it names one", () => {
  expect(pagesIn(repository).length).toBeGreaterThan(10);
  expect(brokenLinks(repository)).toEqual([]);
});

test("a broken link is found, and code is not taken for one", () => {
  const folder = tempDir({
    "a.md":
      "# One, two\n[b](docs/b.md) [x](docs/x.md) `[y](y.md)` [self](#one-two) [no](#three)\n```\n[z](z.md)\n```\n",
    "docs/b.md": "[up](../a.md#one-two) [out](https://example.org/x) [folder](..) [no](../a.md#two)\n",
  });
  expect(brokenLinks(folder).sort()).toEqual(["a.md: #three", "a.md: docs/x.md", "docs/b.md: ../a.md#two"]);
});
