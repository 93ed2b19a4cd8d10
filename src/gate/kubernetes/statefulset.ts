import { statefulSets } from "../../kubernetes/resources.ts";
import type { KubernetesObject, Pod, Workload } from "../../kubernetes/types.ts";
import type { Closed, Condition, Verdict } from "../condition.ts";
import type { Identity } from "../identity.ts";
import type { Cluster } from "./cluster.ts";
import { belongsTo, isNewest, leftOver } from "./old-pods.ts";
import { withPod } from "./pod-reason.ts";
import { rolloutCondition, type Seen } from "./rollout.ts";
import { closed, isAlive } from "./states.ts";

/** Opens when the roll-out of a StatefulSet is finished and no old pod is left. */
export function statefulSetCondition(
  target: string,
  cluster: Cluster,
  name: string,
  identities: readonly Identity[] = [],
): Condition {
  return rolloutCondition<KubernetesObject>(target, cluster, name, identities, {
    resource: statefulSets,
    revisions: undefined,
    judge: judgeStatefulSet,
  });
}

/**
 * The rule for a StatefulSet whose newest generation is observed: as many pods of the update revision as replicas,
 * all available, and no pod of another revision alive. With a partition or OnDelete old pods stay on purpose; the
 * gate then stays closed and says so, because what it promises is that none is left.
 */
export function judgeStatefulSet({ workload, pods }: Pick<Seen<never>, "workload" | "pods">): Verdict {
  const { replicas: wanted = 1, updateStrategy } = workload.spec ?? {};
  const { updateRevision, updatedReplicas: updated = 0 } = workload.status ?? {};
  if (updateRevision === undefined || updateRevision === "")
    return closed("its controller has not said yet which revision is the newest");
  const own = pods.filter((pod) => isAlive(pod) && belongsTo(pod, workload, "StatefulSet", updateRevision));
  const isYoung = (pod: Pod) => isNewest(pod, workload, updateRevision);
  const old = own.filter((pod) => !isYoung(pod));
  const young = own.filter(isYoung);
  const available = availableOf(workload);
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  const left = leftOver(old);
  if (left !== undefined && updateStrategy?.type === "OnDelete")
    return suffixed(left, "; its update strategy is OnDelete: they are replaced when somebody deletes them");
  if (left !== undefined && partition > 0)
    return suffixed(left, `; its partition is ${partition}: pods with a lower number are not updated`);
  if (young.length < wanted || updated < wanted) {
    const count = Math.min(young.length, updated);
    return withPod(closed(`${count} of ${wanted} pods are updated`, "updating"), young);
  }
  if (available < wanted)
    return withPod(closed(`${available} of ${wanted} pods are available`, "available"), young);
  if (left !== undefined) return left;
  return wanted === 0 ? { open: true, note: "no replicas are wanted" } : { open: true };
}

/**
 * Servers before 1.22 do not say how many are available; without minReadySeconds it is, by definition, as many as are
 * ready (Kubernetes API reference, StatefulSetStatus).
 */
function availableOf({ spec, status }: Workload): number {
  if (status?.availableReplicas !== undefined) return status.availableReplicas;
  const { minReadySeconds = 0 } = (spec ?? {}) as { minReadySeconds?: number };
  return minReadySeconds === 0 ? (status?.readyReplicas ?? 0) : 0;
}

function suffixed(verdict: Closed, text: string): Closed {
  return { ...verdict, reason: `${verdict.reason}${text}` };
}
