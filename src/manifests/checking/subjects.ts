import type { Document } from "yaml";
import { callOf } from "../call.ts";
import type { Call } from "../call-targets.ts";
import { isJsonMap, type JsonMap, mapsAt, textAt } from "../json.ts";
import { isMarkedAsMigration, marksOf } from "../metadata.ts";
import { findObjects } from "../objects.ts";
import { valuesOf } from "../option-words.ts";
import type { Stream } from "../parse.ts";
import { findWorkloads, type Workload } from "../workloads.ts";

export type Path = readonly (string | number)[];

/** A document with objects in it. */
export interface DocumentSource {
  readonly document: Document.Parsed;
  readonly stream: Stream;
  readonly value: unknown;
}

/** An object of Kubernetes, of any kind. */
export interface ManifestObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly object: JsonMap;
}

/** A container of a workload. */
export interface Container {
  readonly name: string;
  readonly isInit: boolean;
  /** An init container that runs on beside the others (`restartPolicy: Always`). */
  readonly isSidecar: boolean;
  readonly map: JsonMap;
  /** From the root of its document. */
  readonly path: Path;
  readonly call: Call | undefined;
}

/** A workload as rules look at it. */
export interface Subject extends Workload {
  readonly source: DocumentSource;
  readonly spec: Workload["spec"];
  /** The pods' spec as JavaScript. */
  readonly pod: JsonMap;
  /** Init containers, then the others, in their order. */
  readonly containers: readonly Container[];
  /** Init containers that run `wait`. */
  readonly gates: readonly Container[];
  /** Containers that run `migrate` or `run`. */
  readonly migrators: readonly Container[];
}

/** All objects of a document that have a name. */
export function namedObjects(value: unknown): ManifestObject[] {
  return findObjects(value).flatMap(({ kind, object }) => {
    const name = textAt(object, "metadata", "name");
    return name === undefined
      ? []
      : { kind, name, namespace: textAt(object, "metadata", "namespace"), object };
  });
}

/** All workloads of a document. */
export function findSubjects(source: DocumentSource): Subject[] {
  return findWorkloads(source.document, source.value).map((workload) => {
    const pod = workload.template["spec"];
    const containers = [...containersOf(workload, "initContainers"), ...containersOf(workload, "containers")];
    return {
      ...workload,
      source,
      pod: isJsonMap(pod) ? pod : {},
      containers,
      gates: containers.filter(
        ({ isInit, isSidecar, call }) => isInit && !isSidecar && call?.command === "wait",
      ),
      migrators: containers.filter(({ call }) => call?.command === "migrate" || call?.command === "run"),
    };
  });
}

function containersOf(workload: Workload, list: "initContainers" | "containers"): Container[] {
  return mapsAt(workload.template, "spec", list).map((map, index) => ({
    name: textAt(map, "name") ?? "(without a name)",
    isInit: list === "initContainers",
    isSidecar: list === "initContainers" && map["restartPolicy"] === "Always",
    map,
    path: [...workload.path, list, index],
    call: callOf(map),
  }));
}

/** Whether two objects can be in one namespace: where one says none, that is not known, and they may be. */
export function sameNamespace(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

/** Whether a workload, or one of its containers, migrates: by what it runs, or by the label of the chart. */
export function migrates(subject: Subject): boolean {
  return subject.migrators.length > 0 || isMarkedAsMigration(subject);
}

/**
 * Whether it runs the contract phase only, which comes after the roll-out: no gate waits for that. It says so by
 * `--phase`, or by the chart's label, since a command under `sluice run` has no phase.
 */
export function isContract(subject: Subject): boolean {
  if (marksOf(subject, "labels")["app.kubernetes.io/component"] === "contract") return true;
  return (
    subject.migrators.length > 0 &&
    subject.migrators.every(({ call, map }) => {
      const env = mapsAt(map, "env").find((one) => textAt(one, "name") === "SLUICE_PHASE");
      const phase = valuesOf(call?.words ?? [], ["--phase"])[0] ?? textAt(env, "value");
      return phase === "contract";
    })
  );
}
