import { type Document, isMap, type YAMLMap } from "yaml";
import { type JsonMap, mapAt, mapsAt, textAt } from "./json.ts";
import { nodeAt } from "./lookup.ts";
import { type FoundObject, findObjects } from "./objects.ts";

/** An object with pods, in a document. */
export interface Workload {
  readonly kind: WorkloadKind;
  /** As reports name it: "deployment/api". */
  readonly label: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly apiVersion: string | undefined;
  readonly object: JsonMap;
  /** What its pods are made from: the template, or the Pod itself. */
  readonly template: JsonMap;
  /** Where the object stands in the document. */
  readonly root: readonly (string | number)[];
  /** The pods' spec: where it stands in the document, and the node; undefined where it has none. */
  readonly path: readonly (string | number)[];
  readonly spec: YAMLMap | undefined;
}

interface KindOfWorkload {
  readonly groups: readonly string[];
  /** Where the pod template is. */
  readonly template: readonly string[];
  /** Other words of kubectl for it. */
  readonly words: readonly string[];
}

const inSpec = ["spec", "template"] as const;

/** Kinds that make pods, by their name in manifests. */
export const WORKLOADS = {
  Deployment: { groups: ["apps", "extensions"], template: inSpec, words: ["deployments", "deploy"] },
  StatefulSet: { groups: ["apps"], template: inSpec, words: ["statefulsets", "sts"] },
  DaemonSet: { groups: ["apps", "extensions"], template: inSpec, words: ["daemonsets", "ds"] },
  ReplicaSet: { groups: ["apps", "extensions"], template: inSpec, words: ["replicasets", "rs"] },
  ReplicationController: { groups: [""], template: inSpec, words: ["replicationcontrollers", "rc"] },
  Job: { groups: ["batch"], template: inSpec, words: ["jobs"] },
  CronJob: {
    groups: ["batch"],
    template: ["spec", "jobTemplate", "spec", "template"],
    words: ["cronjobs", "cj"],
  },
  Pod: { groups: [""], template: [], words: ["pods", "po"] },
  Rollout: { groups: ["argoproj.io"], template: inSpec, words: ["rollouts", "ro"] },
} as const satisfies Record<string, KindOfWorkload>;

export type WorkloadKind = keyof typeof WORKLOADS;

/** The kind that a word means: "deployment", "deploy", "sts". */
export function workloadKind(word: string): WorkloadKind | undefined {
  const lower = word.toLowerCase();
  return (Object.keys(WORKLOADS) as WorkloadKind[]).find(
    (kind) => kind.toLowerCase() === lower || (WORKLOADS[kind].words as readonly string[]).includes(lower),
  );
}

/**
 * All workloads of a document, those of lists included.
 * @param js the document as JavaScript.
 */
export function findWorkloads(document: Document.Parsed, js: unknown): Workload[] {
  return findObjects(js).flatMap((found) => workloadOf(found, document) ?? []);
}

/** Where kinds that are not known here have their pods: Knative, PodTemplate, Flink's operator, KEDA. */
const otherTemplates = [
  inSpec,
  ["template"],
  ["spec", "podTemplate"],
  ["spec", "jobTemplate", "spec", "template"],
  ["spec", "jobTargetRef", "template"],
];

/**
 * Objects with pods of a kind that is not known here, such as a Service of Knative: "service/api
 * (serving.knative.dev/v1)".
 */
export function unknownWorkloads(js: unknown): string[] {
  return findObjects(js)
    .filter(
      ({ kind, object }) =>
        knownKind(kind, object) === undefined &&
        otherTemplates.some((path) => mapsAt(object, ...path, "spec", "containers").length > 0),
    )
    .map(({ kind, object }) => {
      const group = textAt(object, "apiVersion");
      return `${labelOf(kind, nameOf(object))}${group === undefined ? "" : ` (${group})`}`;
    });
}

/** Where a kind has its pods; undefined for another kind of the same name. */
function knownKind(kind: string, object: JsonMap): KindOfWorkload | undefined {
  if (!Object.hasOwn(WORKLOADS, kind)) return undefined;
  const known: KindOfWorkload = WORKLOADS[kind as WorkloadKind];
  const apiVersion = textAt(object, "apiVersion");
  const group = apiVersion?.includes("/") ? (apiVersion.split("/")[0] as string) : "";
  return apiVersion === undefined || known.groups.includes(group) ? known : undefined;
}

function workloadOf(
  { kind, object, path: root }: FoundObject,
  document: Document.Parsed,
): Workload | undefined {
  const known = knownKind(kind, object);
  if (known === undefined) return undefined;
  const name = nameOf(object);
  const path = [...root, ...known.template, "spec"];
  const spec = nodeAt(document.contents, path, document);
  return {
    kind: kind as WorkloadKind,
    label: labelOf(kind, name),
    name,
    namespace: textAt(object, "metadata", "namespace"),
    apiVersion: textAt(object, "apiVersion"),
    object,
    template: mapAt(object, ...known.template),
    root,
    path,
    spec: isMap(spec) ? spec : undefined,
  };
}

/** As reports name it. One that is written as a number, which the API server refuses, is easier to find by that. */
function nameOf(object: JsonMap): string {
  const { name, generateName } = mapAt(object, "metadata");
  if (typeof name === "string" || typeof name === "number") return String(name);
  return typeof generateName === "string" ? `${generateName}*` : "(without a name)";
}

function labelOf(kind: string, name: string): string {
  return `${kind.toLowerCase()}/${name}`;
}
