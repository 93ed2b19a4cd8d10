import type { WorkloadKind } from "./workloads.ts";

/** What became of a gate: `none` means that `eject` found no gate, `skipped` that `inject` adds none. */
export type Action = "added" | "replaced" | "unchanged" | "removed" | "skipped" | "none";

/** What was done with one workload. */
export interface ObjectReport {
  /** File or URL it stands in; "standard input". */
  readonly file: string;
  readonly kind: WorkloadKind;
  readonly name: string;
  readonly namespace: string | undefined;
  /** "deployment/api" */
  readonly label: string;
  readonly action: Action;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly warnings: readonly string[];
}

/** The line about an object: "deployment/api: gate added". */
export function reportLine({ label, action, reason }: ObjectReport): string {
  const texts: Record<Action, string> = {
    added: "gate added",
    replaced: "gate replaced",
    unchanged: "gate is there already",
    removed: "gate removed",
    skipped: `skipped: ${reason}`,
    none: "no gate",
  };
  const also = action === "removed" && reason !== undefined ? `: ${reason}` : "";
  return `${label}: ${texts[action]}${also}`;
}

/** The same for JSON: what is not known is left out. */
export function reportJson({ file, kind, name, namespace, action, reason, warnings }: ObjectReport): object {
  return {
    file,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    action,
    ...(reason === undefined ? {} : { reason }),
    warnings,
  };
}
