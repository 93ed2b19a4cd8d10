import type { AccountFinding } from "../databases/accounts.ts";
import type { DatabaseCheck } from "../engine/check.ts";
import { printable } from "./error.ts";
import type { Style } from "./style.ts";
import { wrap } from "./table.ts";

export function checkJson(check: DatabaseCheck, target: string): Record<string, unknown> {
  const { account, connectedAs, schemas, migrators, findings, accepted, statements, notes, unchecked } =
    check;
  return {
    target,
    account,
    connectedAs,
    schemas,
    migrators,
    findings,
    accepted,
    statements,
    notes,
    unchecked,
  };
}

/** Findings by rule, then all statements as one script, then what was assumed. */
export function checkText(check: DatabaseCheck, target: string, style: Style): string {
  const { account, findings, accepted, notes, unchecked, rules } = check;
  const lines: string[] = [];
  for (const rule of rules) {
    const own = findings.filter(({ code }) => code === rule.code);
    if (own.length === 0) continue;
    lines.push(`${style.bold(`${rule.code} ${rule.title}`)} (${own.length})`);
    for (const finding of own) lines.push(...findingLines(finding));
    lines.push(style.dim(`  docs: docs/rules/${rule.code}.md`), "");
  }
  if (check.statements.length > 0)
    lines.push(
      "These statements settle it. Run them as a superuser, or as the owner as far as it may, then check again:",
      "",
      "BEGIN;",
      // A change of the owner locks the table against everybody: it must not wait in front of them.
      "SET LOCAL lock_timeout = '2s';",
      ...check.statements.map((sql) => printable(`${sql};`)),
      "COMMIT;",
      "",
    );
  for (const note of notes) lines.push(`note: ${printable(note)}`);
  for (const { code, reason } of unchecked)
    lines.push(style.yellow(`not checked: ${code}: ${printable(reason)}`));
  const also = accepted.length > 0 ? `, ${accepted.length} accepted` : "";
  const count =
    findings.length === 0
      ? "no findings"
      : findings.length === 1
        ? "1 finding"
        : `${findings.length} findings`;
  const who = account === check.connectedAs ? target : `${account}, seen by ${target}`;
  lines.push(`${who}: ${count}${also}`);
  return lines.join("\n");
}

function findingLines({ object, message }: AccountFinding): string[] {
  const [first = "", ...more] = wrap(printable(message), 96);
  return [`  ${printable(object)}`, `    ${first}`, ...more.map((line) => `    ${line}`)];
}
