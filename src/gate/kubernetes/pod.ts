import { pods } from "../../kubernetes/resources.ts";
import type { Pod } from "../../kubernetes/types.ts";
import type { Condition, Verdict } from "../condition.ts";
import { type Identity, identityProblem } from "../identity.ts";
import type { Cluster } from "./cluster.ts";
import { podReason } from "./pod-reason.ts";
import { type Selected, selectedCondition } from "./selected.ts";
import { conditionOf, isDeleted } from "./states.ts";

/** Opens when the pod, or each pod of the selector and at least one, is ready and stays. */
export function podCondition(
  target: string,
  cluster: Cluster,
  selected: Selected,
  identities: readonly Identity[] = [],
): Condition {
  return selectedCondition<Pod>(target, cluster, selected, identities, {
    resource: pods,
    judge: (pod) => judgePod(pod, selected.name === undefined ? [] : identities),
    explain: "Pod",
  });
}

/**
 * The rule for one pod: condition Ready is True, it has not ended and is not being ended. One that has finished is
 * not ready: what it offered is gone (`kubectl wait --for=condition=Ready` stays closed on it too).
 */
export function judgePod(pod: Pod, identities: readonly Identity[] = []): Verdict {
  const other = identityProblem(identities, pod.metadata);
  if (other !== undefined) return { open: false, reason: `this pod is another one: ${other}` };
  const { phase } = pod.status ?? {};
  if (isDeleted(pod)) return { open: false, reason: "the pod is being ended; another one may come" };
  if (phase === "Succeeded")
    return { open: false, reason: "the pod has finished, and will not become ready (Succeeded)" };
  const { text, topic } = podReason(pod);
  if (phase === "Failed") {
    const why = text.startsWith("failed") ? text : `failed: ${text}`;
    return { open: false, reason: `the pod ${why}`, topic: `failed ${topic}`, failed: 3 };
  }
  if (conditionOf(pod, "Ready") !== undefined) return { open: true };
  const isPart = text.startsWith("container");
  return { open: false, reason: isPart ? `the pod is not ready: ${text}` : `the pod ${text}`, topic };
}
