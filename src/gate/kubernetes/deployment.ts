import { deployments, replicaSets } from "../../kubernetes/resources.ts";
import type { KubernetesObject, Pod, Workload } from "../../kubernetes/types.ts";
import type { Condition, Verdict } from "../condition.ts";
import type { Identity } from "../identity.ts";
import type { Cluster } from "./cluster.ts";
import { isOrphan, leftOver } from "./old-pods.ts";
import { withPod } from "./pod-reason.ts";
import { rolloutCondition, type Seen } from "./rollout.ts";
import { closed, conditionOf, controllerOf, isAlive, reasonText } from "./states.ts";

/** Numbers the revisions of a Deployment, on itself and on its ReplicaSets (Kubernetes documentation). */
const REVISION = "deployment.kubernetes.io/revision";
const HASH = "pod-template-hash";

/** Opens when the roll-out of a Deployment is finished and no old pod is left. */
export function deploymentCondition(
  target: string,
  cluster: Cluster,
  name: string,
  identities: readonly Identity[] = [],
): Condition {
  return rolloutCondition<KubernetesObject>(target, cluster, name, identities, {
    resource: deployments,
    revisions: replicaSets,
    judge: judgeDeployment,
  });
}

/**
 * The rule for a Deployment whose newest generation is observed: as many updated pods as wanted and no others
 * counted, all available (as `kubectl rollout status`), and no pod of another ReplicaSet than the newest alive, for
 * the status does not count those that are being ended. None wanted is a finished roll-out too.
 */
export function judgeDeployment({ workload, pods, revisions }: Seen<KubernetesObject>): Verdict {
  // A missing number of replicas is 1 by default, and never missing on a real server.
  const { replicas: wanted = 1, paused = false } = workload.spec ?? {};
  const {
    updatedReplicas: updated = 0,
    replicas = 0,
    availableReplicas: available = 0,
  } = workload.status ?? {};
  const current = newestReplicaSet(workload, revisions);
  const young = pods.filter(
    (pod) => current !== undefined && controllerOf(pod)?.uid === current.metadata.uid,
  );
  const stuck = conditionOf(workload, "Progressing", "False");
  if (stuck?.reason === "ProgressDeadlineExceeded") {
    const text = `the roll-out has failed: ${reasonText(stuck.reason, stuck.message)}`;
    return { ...withPod(closed(text), young), failed: 3 };
  }
  const finished = updated >= wanted && replicas <= updated && available >= updated && available >= wanted;
  if (!finished) {
    const pause = paused ? "the Deployment is paused; " : "";
    const refused = conditionOf(workload, "ReplicaFailure");
    const why = refused === undefined ? "" : `; ${reasonText(refused.reason, refused.message)}`;
    const text =
      updated < wanted
        ? `${updated} of ${wanted} pods are updated`
        : replicas > updated
          ? `${replicas - updated} old ${replicas - updated === 1 ? "pod is" : "pods are"} still counted`
          : `${available} of ${wanted} updated pods are available`;
    const stage = updated < wanted ? "updating" : replicas > updated ? "old pods" : "available";
    return withPod(closed(`${pause}${text}${why}`, `${pause}${stage}${why}`), young);
  }
  if (current === undefined) return closed("the ReplicaSet of its newest revision is not there yet");
  // A paused Deployment has no ReplicaSet of its newest template: where none is wanted, each pod is an old one.
  const isOld = (pod: Pod) => wanted === 0 || isOlder(pod, workload, revisions, current);
  const left = leftOver(pods.filter((pod) => isAlive(pod) && isOld(pod)));
  if (left !== undefined) return left;
  const seen = young.filter(isAlive).length;
  if (seen < wanted) return closed(`${seen} of ${wanted} updated pods are seen`, "seen");
  return wanted === 0 ? { open: true, note: "no replicas are wanted" } : { open: true };
}

function newestReplicaSet(
  workload: Workload,
  sets: readonly KubernetesObject[],
): KubernetesObject | undefined {
  const revision = workload.metadata.annotations?.[REVISION];
  if (revision === undefined) return undefined;
  return sets.find(
    (set) =>
      set.metadata.annotations?.[REVISION] === revision && controllerOf(set)?.uid === workload.metadata.uid,
  );
}

/** Of another ReplicaSet that belongs to this Deployment, or did, or of which nothing is known any more. */
function isOlder(
  pod: Pod,
  workload: Workload,
  sets: readonly KubernetesObject[],
  current: KubernetesObject,
): boolean {
  const owner = controllerOf(pod);
  // Left behind by a ReplicaSet that was deleted without its pods.
  if (owner === undefined) return isOrphan(pod, HASH, current.metadata.labels?.[HASH]);
  if (owner.kind !== "ReplicaSet" || owner.uid === current.metadata.uid) return false;
  const set = sets.find((one) => one.metadata.uid === owner.uid);
  const above = set === undefined ? undefined : controllerOf(set);
  return above === undefined || above.name === workload.metadata.name;
}
