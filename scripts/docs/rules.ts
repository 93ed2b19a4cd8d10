import type { AccountRule } from "../../src/databases/accounts.ts";
import type { ManifestRule } from "../../src/manifests/checking/rule.ts";
import { cell } from "./markdown.ts";

/** What every page of a rule has. */
type Rule = Pick<ManifestRule, "code" | "name" | "title" | "what" | "why" | "fix">;

/** @param foundBy how it is found, and where it holds. @param rest what stands below what is to be done. */
function page({ code, name, title, what, why, fix }: Rule, foundBy: string, rest: string): string {
  return `# ${code}: ${title}

\`${name}\`, found by ${foundBy}

## What is looked at

${what.trim()}

## Why it matters

${why.trim()}

## What to do

${fix.trim()}

${rest}

[All rules](README.md)
`;
}

/** The page of one rule of `check --database`: what it finds, what that does, what to do. */
export function rulePage(rule: AccountRule): string {
  return page(
    rule,
    "[`sluice check --database`](../reference/cli.md#sluice-check). PostgreSQL 13 to 18.",
    `The finding comes with the statements for your own names, such as

\`\`\`sql
${rule.example};
\`\`\``,
  );
}

/** The page of one rule for manifests. @param examples texts of NAME.bad.yaml and NAME.good.yaml. */
export function manifestRulePage(rule: ManifestRule, examples: { bad: string; good: string }): string {
  const command = ["sluice check", "release.yaml", ...(rule.options ?? [])].join(" ");
  return page(
    rule,
    "[`sluice check`](../reference/cli.md#sluice-check) in manifests. All versions of Kubernetes.",
    `Where it is meant to be so, [leave it out](../guides/check.md#what-is-meant-to-be-so).

## Examples

\`${command}\` finds ${rule.code} in

\`\`\`yaml
${examples.bad.trimEnd()}
\`\`\`

and nothing in

\`\`\`yaml
${examples.good.trimEnd()}
\`\`\``,
  );
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
