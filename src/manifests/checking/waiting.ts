import { type CallTarget, targetsOf } from "../call-targets.ts";
import { isJsonMap, type JsonMap, mapAt, textAt } from "../json.ts";
import { marksOf } from "../metadata.ts";
import { valuesOf } from "../option-words.ts";
import type { Look } from "./rule.ts";
import { type Container, isContract, migrates, type Subject, sameNamespace } from "./subjects.ts";

/** Targets of a container that runs `wait`. */
export function targets({ call }: Container): CallTarget[] {
  return call?.command === "wait" ? targetsOf(call) : [];
}

/**
 * What holds the pods of a workload until a migration is done: a gate for it, or an init container that migrates.
 * A gate that only waits for a database or a port is none: that is there nearly always.
 */
export function holder({ gates, migrators }: Subject): Container | undefined {
  const gate = gates.find((one) => targets(one).some(({ word, kind }) => isMigration(word, kind)));
  return gate ?? migrators.find(({ isInit, isSidecar }) => isInit && !isSidecar);
}

function isMigration(word: string, kind: string | undefined): boolean {
  return word === "schema" || word === "run" || kind === "Job";
}

/** "the gate sluice-gate", "the init container migrate". */
export function named({ name, call }: Container): string {
  return call?.command === "wait" ? `the gate ${name}` : `the init container ${name}`;
}

/** Jobs that a gate names: `job/NAME`, or by a selector. */
export function namedJobs(look: Look, subject: Subject, gate: Container): Subject[] {
  const [namespace = subject.namespace] = valuesOf(gate.call?.words ?? [], ["-n", "--namespace"]);
  const wanted = targets(gate).filter(({ kind }) => kind === "Job");
  return look.subjects.filter(
    (one) =>
      one.kind === "Job" &&
      sameNamespace(one.namespace, namespace) &&
      wanted.some(({ name, selector }) =>
        selector === undefined ? one.name === name : selects(selector, marksOf(one, "labels")),
      ),
  );
}

/** Jobs whose work a gate waits for: those that it names, and for `schema` and `run` those that migrate. */
export function awaitedJobs(look: Look, subject: Subject, gate: Container): Subject[] {
  const named = namedJobs(look, subject, gate);
  const words = targets(gate);
  const ids = words.filter(({ word }) => word === "run").map(({ text }) => text.slice("run/".length));
  const others = look.subjects.filter((one) => {
    if (one.kind !== "Job" || one === subject || named.includes(one)) return false;
    if (!migrates(one) || isContract(one) || !sameNamespace(one.namespace, subject.namespace)) return false;
    const own = one.migrators.flatMap(({ call }) => valuesOf(call?.words ?? [], ["--id"]));
    return words.some(({ word }) => word === "schema") || own.some((id) => ids.includes(id));
  });
  return [...named, ...others];
}

/** Jobs that a gate names, each with the first workload whose pods wait for it. */
export function awaitedByName(look: Look): Map<Subject, Subject> {
  const found = new Map<Subject, Subject>();
  for (const subject of look.subjects)
    for (const gate of subject.gates)
      for (const job of namedJobs(look, subject, gate)) if (!found.has(job)) found.set(job, subject);
  return found;
}

/** Jobs that migrate, or that a gate waits for whatever they run. */
export function migrationJobs(look: Look): Subject[] {
  const awaited = awaitedByName(look);
  return look.subjects.filter((one) => one.kind === "Job" && (migrates(one) || awaited.has(one)));
}

/** Whether a name ends in the revision of a release as a renderer without releases counts it. */
export function endsInRevision(name: string): boolean {
  return /-(r|rev)?1$/.test(name);
}

/** When Helm makes a Job: "pre-upgrade"; none where it is no hook. */
export function helmHooks({ object }: Subject): string[] {
  const text = textAt(mapAt(object, "metadata", "annotations"), "helm.sh/hook") ?? "";
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/**
 * Hooks of Helm around a release that migrate, for which Helm waits. What a Job runs is often a tool that is not known
 * here, and no gate names a hook that is over before the pods come: its name counts, too.
 */
export function migrationHooks(look: Look): Subject[] {
  const known = migrationJobs(look);
  return look.subjects.filter(
    (one) =>
      one.kind === "Job" &&
      helmHooks(one).some((hook) => /^(pre|post)-(install|upgrade|rollback)$/.test(hook)) &&
      !isContract(one) &&
      (known.includes(one) || /(^|[-_.])migrat(e|es|ion|ions|or)?([-_.\d]|$)/i.test(one.name)),
  );
}

/** Whether a Job has ended before the pods of a workload are made, because Helm or Argo CD wait for it. */
export function endsBefore(job: Subject, { object }: Subject): boolean {
  if (helmHooks(job).length > 0) return true;
  const annotations = mapAt(job.object, "metadata", "annotations");
  if (annotations["argocd.argoproj.io/hook"] === "PreSync") return true;
  const waveOf = (marks: JsonMap) => Number(marks["argocd.argoproj.io/sync-wave"] ?? 0);
  return waveOf(annotations) < waveOf(mapAt(object, "metadata", "annotations"));
}

/** Equality-based selectors; another form selects nothing here, so that it is no finding. */
function selects(selector: string, labels: JsonMap): boolean {
  return selector.split(",").every((part) => {
    const [, key, value] = /^\s*([^=!\s]+)\s*==?\s*([^=\s]*)\s*$/.exec(part) ?? [];
    return key !== undefined && labels[key] !== undefined && String(labels[key]) === value;
  });
}

/** The number at a path, where it is one. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const last = path.at(-1) as string;
  const map = mapAt(value, ...path.slice(0, -1));
  const found = isJsonMap(map) ? map[last] : undefined;
  return typeof found === "number" ? found : undefined;
}
