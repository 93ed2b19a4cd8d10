import type { ErrorEntry } from "../../src/errors.ts";
import { exitMeanings } from "../../src/report/exits.ts";
import { cell } from "./markdown.ts";

type Entries = readonly (readonly [code: string, entry: ErrorEntry])[];

/** The page of one error: what Sluice says, what it means, what to do. */
export function errorPage(code: string, entry: ErrorEntry): string {
  const braces = /\{\w+\}/.test(entry.message + entry.hint);
  return `# ${code}: ${entry.title}

Exit status ${entry.exit}: ${exitMeanings[entry.exit]}.

## What Sluice says

\`\`\`text
error ${code}: ${entry.message}
\`\`\`
${braces ? "\nWords in braces stand for the values at hand.\n" : ""}
## What it means

${entry.page.trim()}

## What to do

${upperFirst(entry.hint)}${/[.!?]$/.test(entry.hint) ? "" : "."}

[All errors](README.md)
`;
}

/** The table of all errors, in the order of their codes. */
export function errorIndex(entries: Entries): string {
  const rows = entries.map(
    ([code, { title, exit }]) =>
      `| [${code}](${code}.md) | ${cell(title)} | ${exit} | ${exitMeanings[exit]} |`,
  );
  return `# Errors

Each error has a code that stays the same from version to version. The exit status tells scripts and the Job's
\`podFailurePolicy\` what kind of error it was.

| code | error | exit status | meaning |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
