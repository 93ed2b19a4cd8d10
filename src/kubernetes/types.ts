/**
 * The parts of Kubernetes' objects that Sluice looks at. Everything that an API server may leave out is optional, so
 * that missing information cannot be taken for an answer (Kubernetes API reference, v1.35).
 */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** `status` is "True", "False" or "Unknown". */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

export interface LabelSelector {
  matchLabels?: Readonly<Record<string, string>>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

export interface PodTemplate {
  metadata?: Partial<ObjectMeta>;
  spec?: unknown;
}

export interface Job extends KubernetesObject {
  spec?: {
    suspend?: boolean;
    completions?: number;
    parallelism?: number;
    backoffLimit?: number;
    selector?: LabelSelector;
    template?: PodTemplate;
  };
  status?: {
    conditions?: readonly Condition[];
    active?: number;
    ready?: number;
    succeeded?: number;
    failed?: number;
    terminating?: number;
    /** Names of pods. */
    uncountedTerminatedPods?: { succeeded?: readonly string[]; failed?: readonly string[] };
    startTime?: string;
    completionTime?: string;
  };
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode: number; signal?: number; reason?: string; message?: string; finishedAt?: string };
}

export interface ContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

export interface Pod extends KubernetesObject {
  spec?: { nodeName?: string };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: readonly Condition[];
    initContainerStatuses?: readonly ContainerStatus[];
    containerStatuses?: readonly ContainerStatus[];
  };
}

export interface EndpointSlice extends KubernetesObject {
  endpoints?:
    | readonly {
        addresses?: readonly string[];
        conditions?: { ready?: boolean | null; serving?: boolean | null; terminating?: boolean | null };
      }[]
    | null;
}

/** Deployment, StatefulSet and DaemonSet: the fields of `status` that one of them has. */
export interface Workload extends KubernetesObject {
  spec?: {
    replicas?: number;
    paused?: boolean;
    selector?: LabelSelector;
    template?: PodTemplate;
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
  };
  status?: {
    observedGeneration?: number;
    conditions?: readonly Condition[];
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    currentRevision?: string;
    updateRevision?: string;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberAvailable?: number;
  };
}

export interface ControllerRevision extends KubernetesObject {
  revision?: number;
}

/** An Event of the core API. */
export interface ApiEvent extends KubernetesObject {
  involvedObject?: { kind?: string; name?: string; uid?: string };
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string };
}
