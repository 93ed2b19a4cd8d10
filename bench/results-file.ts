import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * The results file has several writers: `npm run bench -- --write` measures everything but the chaos run, `npm run
 * bench -- NAME --write` one benchmark, and `npm run chaos -- --write FILE` takes far too long to be part of either.
 * Each leaves the others' parts as they are. A part goes from its title ("## Chaos") to the next of the same level.
 */
export const chaosTitle = "## Chaos";

/** Replaces all of the results file but the part of the chaos run. */
export function replaceResults(path: string, text: string): void {
  const part = partOf(read(path), chaosTitle);
  writeFileSync(path, part === undefined ? text : withPart(text, part));
}

/** Replaces one part, which begins with its title, in the results file, or begins such a file. */
export function replacePart(path: string, part: string): void {
  writeFileSync(path, withPart(read(path) || "# Benchmark results\n", part));
}

/** The part of that title in the text of a results file. */
export function partOf(results: string, title: string): string | undefined {
  const lines = results.split("\n");
  const begin = lines.indexOf(title);
  if (begin < 0) return undefined;
  const length = lines.slice(begin + 1).findIndex((line) => line.startsWith("## "));
  const part = length < 0 ? lines.slice(begin) : lines.slice(begin, begin + 1 + length);
  return `${part.join("\n").trimEnd()}\n`;
}

/** The text with the part of the same title replaced where it stands, or added at the end. */
export function withPart(results: string, part: string): string {
  const title = part.split("\n", 1)[0] ?? "";
  const old = partOf(results, title)?.trimEnd();
  const added = part.trimEnd();
  if (old === undefined) return `${results.trimEnd()}\n\n${added}\n`;
  const begin = `\n${results}`.indexOf(`\n${title}\n`);
  return `${results.slice(0, begin)}${added}${results.slice(begin + old.length).trimEnd()}\n`;
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
