import type { KubernetesObject, Pod } from "../../kubernetes/types.ts";
import type { Closed } from "../condition.ts";
import { closed, controllerOf, isDeleted } from "./states.ts";

/** The label by which pods of a StatefulSet or DaemonSet name their ControllerRevision. */
export const REVISION_HASH = "controller-revision-hash";

/** A pod without a controller that carries the hash of another revision: it was one of the workload's. */
export function isOrphan(pod: Pod, label: string, newest: string | undefined): boolean {
  const hash = pod.metadata.labels?.[label];
  return hash !== undefined && hash !== newest;
}

/**
 * Whether a pod is, or was, of a workload that makes its pods itself: also of an earlier one of the same name.
 * @param newest hash of its newest revision.
 */
export function belongsTo(pod: Pod, workload: KubernetesObject, kind: string, newest: string): boolean {
  const owner = controllerOf(pod);
  if (owner === undefined) return isOrphan(pod, REVISION_HASH, newest);
  const { uid, name } = workload.metadata;
  return owner.uid === uid || (owner.kind === kind && owner.name === name);
}

/** Whether a pod is of the newest revision of a workload that makes its pods itself. */
export function isNewest(pod: Pod, workload: KubernetesObject, newest: string): boolean {
  return pod.metadata.labels?.[REVISION_HASH] === newest && controllerOf(pod)?.uid === workload.metadata.uid;
}

/** Says which pods of older revisions are left; undefined where there is none. */
export function leftOver(old: readonly Pod[]): Closed | undefined {
  const [one] = old;
  if (one === undefined) return undefined;
  const ending = old.filter(isDeleted).length;
  const count =
    old.length === 1 ? "1 pod of an older revision is" : `${old.length} pods of older revisions are`;
  const state =
    ending === old.length ? ", being ended" : ending === 0 ? "" : `, ${ending} of them being ended`;
  return closed(`${count} left${state}: ${nameSome(old)}`, `old pods are left ${ending === old.length}`);
}

function nameSome(pods: readonly Pod[]): string {
  const names = pods.map(({ metadata }) => metadata.name).sort();
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")}, ...`;
}
