import type { Condition } from "../gate/condition.ts";
import type { Cluster } from "../gate/kubernetes/cluster.ts";
import { createDiagnosis } from "../gate/kubernetes/diagnosis.ts";
import { watchingCondition } from "../gate/kubernetes/watching.ts";
import { jobs, pods, type Resource } from "../kubernetes/resources.ts";
import type { Job, KubernetesObject, Pod } from "../kubernetes/types.ts";
import { partsOf, troubleOf } from "./parts.ts";
import type { Request } from "./request.ts";
import { judgeMembers, type Member, type State, stateOfJob, stateOfPod } from "./rules.ts";

/** Waits for the jobs or pods of a request. */
export function membersCondition(request: Request, cluster: Cluster): Condition {
  return request.kind === "job"
    ? condition<Job>(request, cluster, jobs, "Job", stateOfJob)
    : condition<Pod>(request, cluster, pods, "Pod", stateOfPod);
}

function condition<T extends KubernetesObject>(
  request: Request,
  cluster: Cluster,
  resource: Resource,
  kind: "Job" | "Pod",
  stateOf: (object: T) => State,
): Condition {
  return watchingCondition(request.label, (watching) => {
    const parts = partsOf<T>(cluster, resource, request, watching);
    const { namespace } = cluster;
    const diagnosis = createDiagnosis(cluster, kind, watching.again, watching.signal);
    return () => {
      const trouble = troubleOf(parts);
      if (trouble !== undefined) return { trouble };
      const members: Member[] = [];
      const objects = new Map<string, T>();
      for (const part of parts) {
        const items = part.items();
        if (items === undefined) return undefined;
        // By the exact name, whatever else the server may have sent.
        const names = part.name === undefined ? [...items.keys()] : [part.name];
        for (const name of names) {
          const object = items.get(name);
          if (object !== undefined) objects.set(name, object);
          members.push({ name, state: object && stateOf(object) });
        }
      }
      const verdict = judgeMembers(members, request.mode, { label: request.label, namespace });
      const about = members.find(({ state }) => state !== undefined && state.state !== "good");
      return { verdict: diagnosis.explain(verdict, about && objects.get(about.name)) };
    };
  });
}
