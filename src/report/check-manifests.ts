import type { ManifestFinding, ManifestReport } from "../manifests/checking/run.ts";
import { printable } from "./error.ts";
import type { Style } from "./style.ts";
import { wrap } from "./table.ts";

export function manifestsJson(report: ManifestReport, sources: readonly string[]): Record<string, unknown> {
  const { workloads, findings, accepted, ignored, notes, unchecked } = report;
  return { sources, workloads, findings, accepted, ignored, notes, unchecked };
}

/** Findings by rule, each with its place and what to do; then what was left out. */
export function manifestsText(report: ManifestReport, sources: readonly string[], style: Style): string {
  const { workloads, findings, accepted, ignored, notes, unchecked, rules } = report;
  const lines: string[] = [];
  for (const rule of rules) {
    const own = findings.filter(({ code }) => code === rule.code);
    if (own.length === 0) continue;
    lines.push(`${style.bold(`${rule.code} ${rule.title}`)} (${own.length})`);
    for (const finding of own) lines.push(...findingLines(finding));
    lines.push(style.dim(`  docs: docs/rules/${rule.code}.md`), "");
  }
  for (const note of notes) lines.push(`note: ${printable(note)}`);
  for (const { code, reason } of unchecked)
    lines.push(style.yellow(`not checked: ${code}: ${printable(reason)}`));
  const counts = [
    `${workloads} ${workloads === 1 ? "workload" : "workloads"}`,
    findings.length === 0
      ? "no findings"
      : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`,
    ...(accepted.length > 0 ? [`${accepted.length} accepted`] : []),
    ...(ignored.length > 0 ? [`${ignored.length} left out by annotations`] : []),
  ];
  const where = sources.length <= 3 ? sources.join(", ") : `${sources.length} files`;
  lines.push(printable(`${where}: ${counts.join(", ")}`));
  return lines.join("\n");
}

function findingLines({ file, line, column, object, message, fix }: ManifestFinding): string[] {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  const paragraph = (text: string) => wrap(printable(text), 96).map((one) => `    ${one}`);
  return [`  ${printable(`${place}: ${object}`)}`, ...paragraph(message), ...paragraph(`fix: ${fix}`)];
}
