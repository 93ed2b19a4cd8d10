import { controllerRevisions, daemonSets } from "../../kubernetes/resources.ts";
import type { ControllerRevision, Pod, Workload } from "../../kubernetes/types.ts";
import type { Condition, Verdict } from "../condition.ts";
import type { Identity } from "../identity.ts";
import type { Cluster } from "./cluster.ts";
import { belongsTo, isNewest, leftOver, REVISION_HASH } from "./old-pods.ts";
import { withPod } from "./pod-reason.ts";
import { rolloutCondition, type Seen } from "./rollout.ts";
import { closed, controllerOf, isAlive } from "./states.ts";

/** Opens when the roll-out of a DaemonSet is finished and no old pod is left. */
export function daemonSetCondition(
  target: string,
  cluster: Cluster,
  name: string,
  identities: readonly Identity[] = [],
): Condition {
  return rolloutCondition<ControllerRevision>(target, cluster, name, identities, {
    resource: daemonSets,
    revisions: controllerRevisions,
    judge: judgeDaemonSet,
  });
}

/**
 * The rule for a DaemonSet whose newest generation is observed: on every node that should have one an updated and
 * available pod (as `kubectl rollout status`), and no pod of an older revision alive. No node that should have one is
 * a finished roll-out too.
 */
export function judgeDaemonSet({ workload, pods, revisions }: Seen<ControllerRevision>): Verdict {
  const {
    desiredNumberScheduled: wanted,
    updatedNumberScheduled: updated = 0,
    numberAvailable: available = 0,
  } = workload.status ?? {};
  if (wanted === undefined) return closed("its controller has not said yet how many pods there should be");
  const hash = newestHash(workload, revisions);
  if (hash === undefined) return closed("the ControllerRevision of its newest template is not there yet");
  const own = pods.filter((pod) => isAlive(pod) && belongsTo(pod, workload, "DaemonSet", hash));
  const isYoung = (pod: Pod) => isNewest(pod, workload, hash);
  const left = leftOver(own.filter((pod) => !isYoung(pod)));
  const young = own.filter(isYoung);
  if (left !== undefined && workload.spec?.updateStrategy?.type === "OnDelete") {
    const why = "; its update strategy is OnDelete: they are replaced when somebody deletes them";
    return { ...left, reason: `${left.reason}${why}` };
  }
  if (updated < wanted || young.length < wanted) {
    const count = Math.min(updated, young.length);
    return withPod(closed(`${count} of ${wanted} pods are updated`, "updating"), young);
  }
  if (available < wanted)
    return withPod(closed(`${available} of ${wanted} pods are available`, "available"), young);
  if (left !== undefined) return left;
  return wanted === 0 ? { open: true, note: "no node should have a pod of it" } : { open: true };
}

/** The hash that pods of the newest template have: a roll-back gives its old revision the highest number again. */
function newestHash(workload: Workload, revisions: readonly ControllerRevision[]): string | undefined {
  const own = revisions.filter((one) => controllerOf(one)?.uid === workload.metadata.uid);
  const [first, second] = own.sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0));
  // Two of one number are about to be renumbered: which is the newest cannot be told.
  if (second !== undefined && second.revision === first?.revision) return undefined;
  return first?.metadata.labels?.[REVISION_HASH];
}
