import { mapAt } from "../json.ts";
import { marksOf } from "../metadata.ts";
import { WORKLOADS } from "../workloads.ts";
import type { Path, Subject } from "./subjects.ts";

export const ignoreAnnotation = "sluice.dev/check-ignore";

/** A wish of a workload that findings about it be left out. */
export interface Ignored {
  readonly codes: readonly string[];
  readonly reason: string;
  readonly path: Path;
}

/** Reads `CODE[,CODE] REASON`; undefined where the workload has no such annotation. */
export function ignoredBy(subject: Subject): Ignored | undefined {
  const value = marksOf(subject, "annotations")[ignoreAnnotation];
  if (value === undefined) return undefined;
  const [, codes = "", reason = ""] = /^\s*(\S*)\s*([\s\S]*)$/.exec(String(value)) ?? [];
  return {
    codes: codes.split(",").filter((code) => code !== ""),
    reason: reason.trim(),
    path: annotationPath(subject, ignoreAnnotation),
  };
}

/** Where an annotation stands: at the workload, or at its pods, whose annotations win. */
export function annotationPath(subject: Subject, name: string): Path {
  const template = [...subject.root, ...WORKLOADS[subject.kind].template];
  const inTemplate = mapAt(subject.template, "metadata", "annotations")[name] !== undefined;
  return [...(inTemplate ? template : subject.root), "metadata", "annotations", name];
}
