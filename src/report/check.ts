import type { AccountFinding } from "../databases/accounts.ts";
import type { DatabaseCheck } from "../engine/check.ts";
import { printable } from "./error.ts";
import { findingCount, findingsByRule, remarks } from "./findings.ts";
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
  const lines = findingsByRule(rules, findings, findingLines, style);
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
  lines.push(...remarks(notes, unchecked, style));
  const who = account === check.connectedAs ? target : `${account}, seen by ${target}`;
  lines.push(`${who}: ${findingCount(findings, accepted)}`);
  return lines.join("\n");
}

function findingLines({ object, message }: AccountFinding): string[] {
  const [first = "", ...more] = wrap(printable(message), 96);
  return [`  ${printable(object)}`, `    ${first}`, ...more.map((line) => `    ${line}`)];
}
