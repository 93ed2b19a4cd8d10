import { type Document, isMap, type YAMLMap } from "yaml";
import { isJsonMap, type JsonMap, mapAt, textAt } from "./json.ts";
import { nodeAt } from "./lookup.ts";

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
 * All workloads of a document, those of lists included: `List`, typed ones such as `DeploymentList`, whose items may
 * leave their kind out, and the `ResourceList` of Kustomize functions.
 * @param js the document as JavaScript.
 */
export function findWorkloads(document: Document.Parsed, js: unknown): Workload[] {
  const found: Workload[] = [];
  const visit = (value: unknown, path: readonly (string | number)[], implied: string | undefined): void => {
    if (!isJsonMap(value)) return;
    const kind = textAt(value, "kind") ?? implied;
    if (kind === undefined) return;
    if (kind.endsWith("List") && Array.isArray(value["items"])) {
      const inner = kind.slice(0, -"List".length);
      for (const [index, item] of value["items"].entries())
        visit(item, [...path, "items", index], inner === "" ? undefined : inner);
      return;
    }
    const workload = workloadOf(value, kind, path, document);
    if (workload !== undefined) found.push(workload);
  };
  if (Array.isArray(js)) for (const [index, item] of js.entries()) visit(item, [index], undefined);
  else visit(js, [], undefined);
  return found;
}

function workloadOf(
  object: JsonMap,
  kind: string,
  root: readonly (string | number)[],
  document: Document.Parsed,
): Workload | undefined {
  if (!Object.hasOwn(WORKLOADS, kind)) return undefined;
  const known: KindOfWorkload = WORKLOADS[kind as WorkloadKind];
  const apiVersion = textAt(object, "apiVersion");
  const group = apiVersion?.includes("/") ? apiVersion.split("/")[0] : "";
  if (apiVersion !== undefined && !known.groups.includes(group as string)) return undefined;
  const metadata = mapAt(object, "metadata");
  const generated = textAt(metadata, "generateName");
  const name = textAt(metadata, "name") ?? (generated === undefined ? "(without a name)" : `${generated}*`);
  const path = [...root, ...known.template, "spec"];
  const spec = nodeAt(document.contents, path, document);
  return {
    kind: kind as WorkloadKind,
    label: `${kind.toLowerCase()}/${name}`,
    name,
    namespace: textAt(metadata, "namespace"),
    apiVersion,
    object,
    template: mapAt(object, ...known.template),
    root,
    path,
    spec: isMap(spec) ? spec : undefined,
  };
}
