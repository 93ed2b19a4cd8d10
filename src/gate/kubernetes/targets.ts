import type { Condition } from "../condition.ts";
import type { Asked, ObjectTarget } from "../object-target.ts";
import type { Cluster } from "./cluster.ts";
import { daemonSetCondition } from "./daemonset.ts";
import { deploymentCondition } from "./deployment.ts";
import { jobCondition } from "./job.ts";
import { podCondition } from "./pod.ts";
import { serviceCondition } from "./service.ts";
import { statefulSetCondition } from "./statefulset.ts";
import { deletedCondition, wantedCondition } from "./wanted.ts";

/** The condition on an object, by the rule of its kind or by what `--for` asks. */
export function objectCondition(
  target: string,
  { kind, name, selector }: ObjectTarget,
  { identities, wanted }: Asked,
  cluster: Cluster,
): Condition {
  const selected = { name, selector };
  if (wanted?.kind === "delete") return deletedCondition(target, cluster, kind, selected);
  // Where a kind's own rule asks for this very condition, it is the stricter one.
  const is = (type: string) => wanted?.type.toLowerCase() === type && wanted.status === "True";
  if (wanted !== undefined && !(kind === "job" && is("complete")) && !(kind === "pod" && is("ready")))
    return wantedCondition(target, cluster, kind, selected, wanted, identities);
  switch (kind) {
    case "job":
      return jobCondition(target, cluster, selected, identities);
    case "pod":
      return podCondition(target, cluster, selected, identities);
    case "service":
      return serviceCondition(target, cluster, name ?? "");
    case "deployment":
      return deploymentCondition(target, cluster, name ?? "", identities);
    case "statefulset":
      return statefulSetCondition(target, cluster, name ?? "", identities);
    case "daemonset":
      return daemonSetCondition(target, cluster, name ?? "", identities);
  }
}
