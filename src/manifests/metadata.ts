import { type JsonMap, mapAt } from "./json.ts";
import type { Workload } from "./workloads.ts";

/** Labels and annotations of a workload and of its pods; those of the pods come first. */
export function marksOf(workload: Workload, what: "annotations" | "labels"): JsonMap {
  return { ...mapAt(workload.object, "metadata", what), ...mapAt(workload.template, "metadata", what) };
}

/** An annotation of a workload, or of its pods. */
export function annotationOf(workload: Workload, name: string): string | undefined {
  const value = marksOf(workload, "annotations")[name];
  return value === undefined ? undefined : String(value);
}

/** Whether a workload says by a label or annotation that it migrates, as the chart and its users write it. */
export function isMarkedAsMigration(workload: Workload): boolean {
  const marks = { ...marksOf(workload, "labels"), ...marksOf(workload, "annotations") };
  return (
    marks["sluice.dev/role"] === "migrate" ||
    (workload.kind === "Job" && marks["app.kubernetes.io/component"] === "migration")
  );
}

/** The annotation by which a workload says that it may be down while it is rolled out. */
export const downtimeAnnotation = "sluice.dev/downtime";

/** Whether it says so. */
export function acceptsDowntime(workload: Workload): boolean {
  return annotationOf(workload, downtimeAnnotation) === "accepted";
}
