/** A kind of object, and where the API server keeps it. */
export interface Resource {
  /** "" is the core group. */
  group: string;
  version: string;
  /** In the path and in RBAC rules: "jobs". */
  plural: string;
  kind: string;
  namespaced: boolean;
}

const namespaced = (group: string, plural: string, kind: string): Resource => ({
  group,
  version: "v1",
  plural,
  kind,
  namespaced: true,
});

export const jobs = namespaced("batch", "jobs", "Job");
export const pods = namespaced("", "pods", "Pod");
export const services = namespaced("", "services", "Service");
export const events = namespaced("", "events", "Event");
export const endpointSlices = namespaced("discovery.k8s.io", "endpointslices", "EndpointSlice");
export const deployments = namespaced("apps", "deployments", "Deployment");
export const statefulSets = namespaced("apps", "statefulsets", "StatefulSet");
export const daemonSets = namespaced("apps", "daemonsets", "DaemonSet");
export const replicaSets = namespaced("apps", "replicasets", "ReplicaSet");
export const controllerRevisions = namespaced("apps", "controllerrevisions", "ControllerRevision");
