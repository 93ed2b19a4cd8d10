import { printable } from "./error.ts";
import type { Style } from "./style.ts";

/** Findings below the rules that found them, in the order of the rules; what was found by none is left out. */
export function findingsByRule<F extends { readonly code: string }>(
  rules: readonly { readonly code: string; readonly title: string }[],
  findings: readonly F[],
  linesOf: (finding: F) => string[],
  style: Style,
): string[] {
  return rules.flatMap(({ code, title }) => {
    const own = findings.filter((finding) => finding.code === code);
    if (own.length === 0) return [];
    return [
      `${style.bold(`${code} ${title}`)} (${own.length})`,
      ...own.flatMap(linesOf),
      style.dim(`  docs: docs/rules/${code}.md`),
      "",
    ];
  });
}

/** What was assumed, and what could not be checked. */
export function remarks(
  notes: readonly string[],
  unchecked: readonly { readonly code: string; readonly reason: string }[],
  style: Style,
): string[] {
  return [
    ...notes.map((note) => `note: ${printable(note)}`),
    ...unchecked.map(({ code, reason }) => style.yellow(`not checked: ${code}: ${printable(reason)}`)),
  ];
}

/** "no findings", "1 finding", "3 findings, 1 accepted". */
export function findingCount(findings: readonly unknown[], accepted: readonly unknown[]): string {
  const count = findings.length === 0 ? "no" : `${findings.length}`;
  const also = accepted.length > 0 ? `, ${accepted.length} accepted` : "";
  return `${count} ${findings.length === 1 ? "finding" : "findings"}${also}`;
}
