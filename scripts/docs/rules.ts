import type { AccountRule } from "../../src/databases/accounts.ts";
import type { ManifestRule } from "../../src/manifests/checking/rule.ts";
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

/** The page of one rule for manifests. @param examples texts of NAME.bad.yaml and NAME.good.yaml. */
export function manifestRulePage(rule: ManifestRule, examples: { bad: string; good: string }): string {
  const command = ["sluice check", "release.yaml", ...(rule.options ?? [])].join(" ");
  return `# ${rule.code}: ${rule.title}

\`${rule.name}\`, found by [\`sluice check\`](../reference/cli.md#sluice-check) in manifests. All versions of Kubernetes.

## What is looked at

${rule.what.trim()}

## Why it matters

${rule.why.trim()}

## What to do

${rule.fix.trim()}

Where it is meant to be so, [leave it out](../guides/check.md#what-is-meant-to-be-so).

## Examples

\`${command}\` finds ${rule.code} in

\`\`\`yaml
${examples.bad.trimEnd()}
\`\`\`

and nothing in

\`\`\`yaml
${examples.good.trimEnd()}
\`\`\`

[All rules](README.md)
`;
}

function rowsOf(rules: readonly { code: string; name: string; title: string }[]): string {
  return rules
    .map(({ code, name, title }) => `| [${code}](${code}.md) | \`${name}\` | ${cell(title)} |`)
    .join("\n");
}

/** The tables of all rules, in the order of the reports. */
export function ruleIndex(rules: readonly AccountRule[], manifests: readonly ManifestRule[]): string {
  return `# Rules

Each rule has a code that stays the same from version to version.

## Manifests

What \`sluice check FILE...\` and \`sluice check --live\` look for in manifests; how to use it:
[the guide](../guides/check.md).

| code | name | finding |
| --- | --- | --- |
${rowsOf(manifests)}

## Accounts of the database

What \`sluice check --database\` looks for in the application's database account: first what it could do and should not,
then, from SA021 on, what it needs and could not do. How both accounts are set up: [the guide](../guides/accounts.md).

| code | name | finding |
| --- | --- | --- |
${rowsOf(rules)}
`;
}
