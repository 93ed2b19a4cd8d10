import type { ManifestFinding, ManifestReport } from "../manifests/checking/run.ts";
import { printable } from "./error.ts";
import { findingCount, findingsByRule, remarks } from "./findings.ts";
import type { Style } from "./style.ts";
import { wrap } from "./table.ts";

export function manifestsJson(report: ManifestReport, sources: readonly string[]): Record<string, unknown> {
  const { workloads, findings, accepted, ignored, notes, unchecked } = report;
  return { sources, workloads, findings, accepted, ignored, notes, unchecked };
}

/** Findings by rule, each with its place and what to do; then what was left out. */
export function manifestsText(report: ManifestReport, sources: readonly string[], style: Style): string {
  const { workloads, findings, accepted, ignored, notes, unchecked, rules } = report;
  const counts = [
    `${workloads} ${workloads === 1 ? "workload" : "workloads"}`,
    findingCount(findings, accepted),
    ...(ignored.length > 0 ? [`${ignored.length} left out by annotations`] : []),
  ];
  const where = sources.length <= 3 ? sources.join(", ") : `${sources.length} files`;
  return [
    ...findingsByRule(rules, findings, findingLines, style),
    ...remarks(notes, unchecked, style),
    printable(`${where}: ${counts.join(", ")}`),
  ].join("\n");
}

function findingLines({ file, line, column, object, message, fix }: ManifestFinding): string[] {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  const paragraph = (text: string) => wrap(printable(text), 96).map((one) => `    ${one}`);
  return [`  ${printable(`${place}: ${object}`)}`, ...paragraph(message), ...paragraph(`fix: ${fix}`)];
}
