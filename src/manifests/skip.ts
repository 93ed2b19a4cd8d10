import { callOf } from "./call.ts";
import { isOn, type JsonMap, mapAt, mapsAt, textAt } from "./json.ts";
import { isMarkedAsMigration, marksOf } from "./metadata.ts";
import { annotationSource, wrongSetting } from "./settings.ts";
import type { GateTarget } from "./targets.ts";
import { WORKLOADS, type Workload, workloadKind } from "./workloads.ts";

/** `--only` and `--skip`: `KIND`, `KIND/NAME` or `NAME`; `*` stands for anything. */
export interface Selection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/**
 * Why a workload gets no gate; undefined where it gets one.
 * @param where it stands, for errors: "k8s/api.yaml:12".
 * @throws SluiceError SL8003 (exit 2) for a wrong annotation.
 */
export function skipReason(
  workload: Workload,
  targets: () => readonly GateTarget[],
  { only, skip }: Selection,
  where: string,
): string | undefined {
  const { spec, template } = workload;
  const wish = wishOf(workload, where);
  if (wish === "disabled") return "sluice.dev/inject: disabled";
  if (only.length > 0 && !only.some((one) => selects(one, workload))) return "--only does not name it";
  if (skip.some((one) => selects(one, workload))) return "--skip names it";
  if (spec === undefined)
    return mapAt(workload.object, "spec", "workloadRef")["kind"] !== undefined
      ? "its pods are those of another workload (workloadRef)"
      : "it has no pod template";
  if (mapsAt(template, "spec", "containers").length === 0) return "its pods have no containers";
  if (isWindows(workload)) return "its pods run on Windows";
  if (wish === "enabled") return selfWait(workload, targets());
  return (
    runsMigrations(workload) ??
    hookReason(workload) ??
    hostNetwork(workload) ??
    ownGate(workload) ??
    selfWait(workload, targets())
  );
}

function wishOf(workload: Workload, where: string): "enabled" | "disabled" | undefined {
  const value = marksOf(workload, "annotations")["sluice.dev/inject"];
  if (value === undefined) return undefined;
  const text = String(value);
  if (["disabled", "false"].includes(text)) return "disabled";
  if (["enabled", "true"].includes(text)) return "enabled";
  const source = annotationSource("sluice.dev/inject", workload, where);
  throw wrongSetting(source, `"${text}" is neither enabled nor disabled`, "Write disabled, or leave it out.");
}

/** Whether a word of `--only` or `--skip` means a workload. */
export function selects(word: string, { kind, name }: Pick<Workload, "kind" | "name">): boolean {
  const [first = "", rest] = word.split("/", 2);
  const pattern = rest ?? (workloadKind(first) === undefined ? first : "*");
  if (rest !== undefined || pattern === "*") if (first !== "*" && workloadKind(first) !== kind) return false;
  const escaped = pattern.split("*").map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(name);
}

/** @throws SluiceError SL8003 for a word that can select nothing. */
export function checkSelection({ only, skip }: Selection): void {
  for (const [flag, words] of [["--only", only] as const, ["--skip", skip] as const])
    for (const word of words) {
      const [kind = "", name, more] = word.split("/");
      if (name === undefined || (more === undefined && (kind === "*" || workloadKind(kind) !== undefined)))
        continue;
      const kinds = Object.keys(WORKLOADS).map((one) => one.toLowerCase());
      throw wrongSetting(
        flag,
        `"${word}" names no workload`,
        `Write KIND/NAME; the kinds are ${kinds.join(", ")}.`,
      );
    }
}

/** The Job that everybody waits for must not wait itself. */
function runsMigrations(workload: Workload): string | undefined {
  const containers = ["containers", "initContainers"].flatMap((key) =>
    mapsAt(workload.template, "spec", key),
  );
  const runs = containers.some((one) => ["migrate", "run"].includes(sluiceCommand(one) ?? ""));
  return runs || isMarkedAsMigration(workload) ? "it runs the migrations" : undefined;
}

/** A second gate beside one that was written by hand, or by the chart, would ask the same again. */
function ownGate({ template }: Workload): string | undefined {
  const gate = mapsAt(template, "spec", "initContainers").find((one) => sluiceCommand(one) === "wait");
  return gate && `it has a gate of its own (${textAt(gate, "name")})`;
}

function sluiceCommand(container: JsonMap): string | undefined {
  const call = callOf(container);
  return call?.program === "sluice" ? call.command : undefined;
}

/** Helm and Argo CD wait for a hook before they go on: one behind a gate could wait for what comes after it. */
function hookReason(workload: Workload): string | undefined {
  const annotations = mapAt(workload.object, "metadata", "annotations");
  const helm = textAt(annotations, "helm.sh/hook");
  if (helm !== undefined) return `a Helm hook (${helm})`;
  const argo = textAt(annotations, "argocd.argoproj.io/hook");
  return argo === undefined || argo === "Skip" ? undefined : `an Argo CD hook (${argo})`;
}

/** Mostly an agent of the node, without the cluster's DNS: a gate could keep a node from coming up. */
function hostNetwork({ template }: Workload): string | undefined {
  return isOn(mapAt(template, "spec")["hostNetwork"]) ? "host network" : undefined;
}

function selfWait(workload: Workload, targets: readonly GateTarget[]): string | undefined {
  const self = targets.some(
    ({ kind, target }) =>
      kind === workload.kind.toLowerCase() && target.slice(target.indexOf("/") + 1) === workload.name,
  );
  return self ? "it would wait for itself" : undefined;
}

function isWindows({ template }: Workload): boolean {
  const os = textAt(template, "spec", "os", "name");
  const selector = mapAt(template, "spec", "nodeSelector");
  return os === "windows" || selector["kubernetes.io/os"] === "windows";
}
