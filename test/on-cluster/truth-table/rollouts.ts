import {
  controllerRevisions,
  daemonSets,
  deployments,
  type Resource,
  replicaSets,
  statefulSets,
} from "../../../src/kubernetes/resources.ts";
import { pod, podSpec } from "./pod.ts";
import { fieldsInWords, product, type State, type StateObject } from "./state.ts";

/**
 * Roll-outs of two replicas. Finished by the rule of `kubectl rollout status` (Kubernetes documentation, "Deployment
 * status": observed, all updated, all available, none left of before), and no pod of an older revision left that may
 * still run, terminating ones included. A pod that has ended (Succeeded, Failed) runs nothing.
 */
const OLD_PODS = ["none", "running", "terminating", "ended"] as const;
type OldPod = (typeof OLD_PODS)[number];

const KINDS = ["Deployment", "StatefulSet", "DaemonSet"] as const;
type Kind = (typeof KINDS)[number];

const RESOURCES: Record<Kind, Resource> = {
  Deployment: deployments,
  StatefulSet: statefulSets,
  DaemonSet: daemonSets,
};

/** Names of one meaning in the status of each kind. */
const FIELDS: Record<Kind, { updated: string; available: string; total: string }> = {
  Deployment: { updated: "updatedReplicas", available: "availableReplicas", total: "replicas" },
  StatefulSet: { updated: "updatedReplicas", available: "availableReplicas", total: "replicas" },
  DaemonSet: {
    updated: "updatedNumberScheduled",
    available: "numberAvailable",
    total: "desiredNumberScheduled",
  },
};

const labels = { app: "{name}" };

interface Shape {
  kind: Kind;
  status: Record<string, unknown>;
  old?: OldPod;
  /** Pods of the newest revision; 2 unless told. */
  young?: number;
  spec?: Record<string, unknown>;
  template?: { labels?: Record<string, string>; annotations?: Record<string, string> };
}

function workload({ kind, status, spec = {}, template = {} }: Shape): StateObject {
  return {
    resource: RESOURCES[kind],
    object: {
      apiVersion: "apps/v1",
      kind,
      metadata: {
        name: "{name}",
        ...(kind === "Deployment" && { annotations: { "deployment.kubernetes.io/revision": "2" } }),
      },
      spec: {
        selector: { matchLabels: labels },
        ...(kind === "StatefulSet" && { serviceName: "{name}" }),
        ...(kind !== "DaemonSet" && { replicas: 2 }),
        template: { metadata: { ...template, labels: { ...labels, ...template.labels } }, spec: podSpec },
        ...spec,
      },
      status,
    },
  };
}

const ownedBy = (kind: string, name: string) => [
  { apiVersion: "apps/v1", kind, name, uid: `{uid:${name}}`, controller: true },
];

/** What the controllers make between workload and pods: a ReplicaSet, or a ControllerRevision, for each revision. */
function revision(kind: Kind, which: "old" | "new"): StateObject[] {
  const name = `{name}-${which}`;
  const number = which === "new" ? 2 : 1;
  if (kind === "Deployment") {
    const own = { ...labels, "pod-template-hash": which };
    const metadata = {
      name,
      labels: own,
      annotations: { "deployment.kubernetes.io/revision": String(number) },
      ownerReferences: ownedBy(kind, "{name}"),
    };
    const spec = {
      replicas: 0,
      selector: { matchLabels: own },
      template: { metadata: { labels: own }, spec: podSpec },
    };
    return [{ resource: replicaSets, object: { apiVersion: "apps/v1", kind: "ReplicaSet", metadata, spec } }];
  }
  const metadata = {
    name,
    labels: { ...labels, "controller-revision-hash": which },
    ownerReferences: ownedBy(kind, "{name}"),
  };
  return [
    {
      resource: controllerRevisions,
      object: {
        apiVersion: "apps/v1",
        kind: "ControllerRevision",
        metadata,
        revision: number,
        data: { spec: { template: {} } },
      },
    },
  ];
}

function podOf(kind: Kind, which: "old" | "new", name: string, state: OldPod): StateObject {
  const hash = kind === "Deployment" ? "pod-template-hash" : "controller-revision-hash";
  return pod({
    name,
    labels: { ...labels, [hash]: which },
    // The API server takes a DaemonSet's and a StatefulSet's pods as they are; a Deployment's belong to its ReplicaSet.
    ownerReferences:
      kind === "Deployment" ? ownedBy("ReplicaSet", `{name}-${which}`) : ownedBy(kind, "{name}"),
    deleted: state === "terminating",
    phase: state === "ended" ? "Failed" : "Running",
    conditions: { Ready: state === "ended" ? "False" : "True" },
  });
}

function objects(shape: Shape): StateObject[] {
  const { kind, old = "none", young = 2 } = shape;
  return [
    workload(shape),
    ...revision(kind, "old"),
    ...revision(kind, "new"),
    ...Array.from({ length: young }, (_, index) => podOf(kind, "new", `{name}-new-${index + 1}`, "running")),
    ...(old === "none" ? [] : [podOf(kind, "old", "{name}-old-1", old)]),
  ];
}

const target = (kind: Kind) => `${kind.toLowerCase()}/{name}`;

function byStatus(kind: Kind): State[] {
  const names = FIELDS[kind];
  return product({
    observed: [undefined, 0, 1],
    updated: [undefined, 1, 2],
    available: [undefined, 1, 2],
    total: kind === "Deployment" ? [2, 3] : [2],
    old: OLD_PODS,
  }).map(({ observed, updated, available, total, old }) => {
    const status = {
      observedGeneration: observed,
      [names.total]: total,
      [names.updated]: updated,
      [names.available]: available,
    };
    const isDone = observed === 1 && updated === 2 && available === 2 && total === 2;
    const required = {
      Deployment: { readyReplicas: total },
      StatefulSet: { readyReplicas: total, currentRevision: "new", updateRevision: "new" },
      DaemonSet: { currentNumberScheduled: total, numberMisscheduled: 0, numberReady: total },
    }[kind];
    return {
      group: `${kind}: status and pods of the old revision`,
      words: `${fieldsInWords(status)}; old pod: ${old}`,
      target: target(kind),
      objects: objects({ kind, old, status: { ...required, ...status } }),
      opens: isDone && (old === "none" || old === "ended"),
      kubectl: ["rollout", "status", target(kind), "--watch=false"],
    };
  });
}

/** The status of a roll-out that is finished. */
function finished(kind: Kind): Record<string, unknown> {
  const names = FIELDS[kind];
  const shared = { observedGeneration: 1, [names.total]: 2, [names.updated]: 2, [names.available]: 2 };
  if (kind === "DaemonSet")
    return { ...shared, currentNumberScheduled: 2, numberMisscheduled: 0, numberReady: 2 };
  return {
    ...shared,
    readyReplicas: 2,
    ...(kind === "StatefulSet" && { currentRevision: "new", updateRevision: "new" }),
  };
}

function byIdentity(kind: Kind): State[] {
  const identity = ["sluice.dev/release=b"];
  const key = "sluice.dev/release";
  const group = `${kind}: existence and identity of the pod template`;
  const identified = (words: string, template: Shape["template"], opens: boolean): State => ({
    group,
    words: `--identity ${identity}: ${words}`,
    target: target(kind),
    identity,
    objects: objects({ kind, status: finished(kind), template: template ?? {} }),
    opens,
  });
  return [
    { group, words: "there is none of that name", target: target(kind), objects: [], opens: false },
    {
      group,
      words: "just made: no status",
      target: target(kind),
      objects: [workload({ kind, status: {} })],
      opens: false,
    },
    identified("the template's label has it", { labels: { [key]: "b" } }, true),
    identified("the template's annotation has it", { annotations: { [key]: "b" } }, true),
    identified("the template is of another release", { labels: { [key]: "a" } }, false),
    identified("the template has none", {}, false),
  ];
}

/** What the status says, and the pods do not, or the other way about. */
function byContradiction(kind: Kind): State[] {
  const group = `${kind}: what status and pods say contradicts`;
  const state = (words: string, shape: Omit<Shape, "kind">, orphan = false): State => ({
    group,
    words,
    target: target(kind),
    objects: objects({ kind, ...shape }).map((one) =>
      orphan && one.object.metadata.name === "{name}-old-1" ? withoutOwner(one) : one,
    ),
    opens: false,
  });
  const done = finished(kind);
  return [
    state("finished, but there is no pod", { status: done, young: 0 }),
    state("finished, but one of two pods is not there", { status: done, young: 1 }),
    state("finished; an old pod without an owner runs", { status: done, old: "running" }, true),
    state("finished; an old pod without an owner is terminating", { status: done, old: "terminating" }, true),
  ];
}

function withoutOwner({ resource, object }: StateObject): StateObject {
  const { ownerReferences: _, ...metadata } = object.metadata;
  return { resource, object: { ...object, metadata } };
}

/** A paused Deployment has no ReplicaSet of a template that was changed: the newest there is an old one. */
function byPause(): State[] {
  const kind = "Deployment";
  const none = { observedGeneration: 1, replicas: 0, updatedReplicas: 0, availableReplicas: 0 };
  return OLD_PODS.map((old) => ({
    group: "Deployment: paused, none wanted",
    words: `its pods of the newest ReplicaSet: ${old}`,
    target: target(kind),
    objects: [
      workload({ kind, status: none, spec: { replicas: 0, paused: true } }),
      ...revision(kind, "new"),
      ...(old === "none" ? [] : [podOf(kind, "new", "{name}-new-1", old)]),
    ],
    opens: old === "none" || old === "ended",
  }));
}

/** A part of a StatefulSet that is held back on purpose leaves pods of the old revision. */
function byPartition(): State[] {
  const kind = "StatefulSet";
  const spec = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } };
  const status = { ...finished(kind), updatedReplicas: 1, currentRevision: "old", updateRevision: "new" };
  return [
    {
      group: "StatefulSet: partition",
      words: "partition=1, one of two updated; old pod: running",
      target: target(kind),
      objects: objects({ kind, status, spec, old: "running" }),
      opens: false,
    },
  ];
}

/** All states of roll-outs. */
export function rolloutStates(): State[] {
  const each = KINDS.flatMap((kind) => [...byStatus(kind), ...byIdentity(kind), ...byContradiction(kind)]);
  return [...each, ...byPause(), ...byPartition()];
}
