import { isMap } from "yaml";
import { listPlace } from "./insert-items.ts";
import { isJsonMap, type JsonMap, mapAt, textAt } from "./json.ts";
import { type ObjectReport, reportLine } from "./report.ts";
import type { Change, Source } from "./rewrite.ts";
import { type GateSettings, settingsFrom } from "./settings.ts";
import type { Workload } from "./workloads.ts";

/**
 * Whether a document is what Kustomize gives a function (KRM Functions Specification: `ResourceList` of
 * `config.kubernetes.io`).
 */
export function isResourceList(value: unknown): value is JsonMap {
  const group = textAt(value, "apiVersion")?.split("/")[0];
  return textAt(value, "kind") === "ResourceList" && group === "config.kubernetes.io";
}

/** The settings that hold for a document: those of its `functionConfig` over the others. */
export function settingsForDocument(value: unknown, base: GateSettings): GateSettings {
  return isResourceList(value) ? settingsFrom(mapAt(value, "functionConfig"), base) : base;
}

/** Writes the report into the `results` of a ResourceList; nothing for any other document, or without a report. */
export function addResults(
  source: Source,
  document: number,
  reports: readonly { report: ObjectReport; workload: Workload }[],
): Change | undefined {
  const parsed = source.stream.documents[document];
  const root = parsed?.contents;
  if (parsed === undefined || !isMap(root) || !isResourceList(source.values[document])) return undefined;
  const results = reports.flatMap(resultsOf);
  if (results.length === 0) return undefined;
  const list = listPlace("results", { map: root, document: parsed, stream: source.stream });
  return {
    document,
    label: "results",
    edits: [list.insert(results, list.length)],
    expect(value) {
      if (isJsonMap(value))
        value["results"] = [...(Array.isArray(value["results"]) ? value["results"] : []), ...results];
    },
  };
}

function resultsOf({ report, workload }: { report: ObjectReport; workload: Workload }): JsonMap[] {
  const { kind, name, namespace, apiVersion } = workload;
  const resourceRef: JsonMap = { ...(apiVersion === undefined ? {} : { apiVersion }), kind, name };
  if (namespace !== undefined) resourceRef["namespace"] = namespace;
  return [
    { message: reportLine(report), severity: "info", resourceRef },
    ...report.warnings.map((text) => ({
      message: `${report.label}: ${text}`,
      severity: "warning",
      resourceRef,
    })),
  ];
}
