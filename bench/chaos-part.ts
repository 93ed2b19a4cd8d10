import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * The results file has two writers: `npm run bench -- --write`, which measures everything else, and `npm run chaos --
 * --write FILE`, which takes far too long to be part of it. Each leaves the other's part as it is.
 */
export const chaosTitle = "## Chaos";

/** Replaces all of the results file but the part of the chaos run. */
export function replaceResults(path: string, text: string): void {
  const part = chaosPart(read(path));
  writeFileSync(path, part === undefined ? text : withChaosPart(text, part));
}

/** Replaces the part of the chaos run, which begins with `chaosTitle`, in the results file, or begins such a file. */
export function replaceChaosPart(path: string, part: string): void {
  writeFileSync(path, withChaosPart(read(path) || "# Benchmark results\n", part));
}

/** The part of the chaos run in the text of a results file: from its title to the next of the same level. */
export function chaosPart(results: string): string | undefined {
  const lines = results.split("\n");
  const begin = lines.indexOf(chaosTitle);
  if (begin < 0) return undefined;
  const length = lines.slice(begin + 1).findIndex((line) => line.startsWith("## "));
  const part = length < 0 ? lines.slice(begin) : lines.slice(begin, begin + 1 + length);
  return `${part.join("\n").trimEnd()}\n`;
}

/** The text with its part of the chaos run replaced where it stands, or added at the end. */
export function withChaosPart(results: string, part: string): string {
  const old = chaosPart(results)?.trimEnd();
  const added = part.trimEnd();
  if (old === undefined) return `${results.trimEnd()}\n\n${added}\n`;
  const begin = `\n${results}`.indexOf(`\n${chaosTitle}\n`);
  return `${results.slice(0, begin)}${added}${results.slice(begin + old.length).trimEnd()}\n`;
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
