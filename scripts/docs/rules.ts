import type { AccountRule } from "../../src/databases/accounts.ts";
import { cell } from "./markdown.ts";

/** The page of one rule of `check --database`: what it finds, what that does, what to do. */
export function rulePage(rule: AccountRule): string {
  return `# ${rule.code}: ${rule.title}

\`${rule.name}\`, found by [\`sluice check --database\`](../reference/cli.md#sluice-check). PostgreSQL 13 to 18.

## What is looked at

${rule.what.trim()}

## Why it matters

${rule.why.trim()}

## What to do

${rule.fix.trim()}

The finding comes with the statements for your own names, such as

\`\`\`sql
${rule.example};
\`\`\`

[All rules](README.md)
`;
}

/** The table of all rules, in the order of the report. */
export function ruleIndex(rules: readonly AccountRule[]): string {
  const rows = rules.map(
    ({ code, name, title }) => `| [${code}](${code}.md) | \`${name}\` | ${cell(title)} |`,
  );
  return `# Rules

What \`sluice check --database\` looks for in the application's database account: first what it could do and should not,
then, from SA021 on, what it needs and could not do. Each rule has a code that stays the same from version to version.
How both accounts are set up: [the guide](../guides/accounts.md).

| code | name | finding |
| --- | --- | --- |
${rows.join("\n")}
`;
}
