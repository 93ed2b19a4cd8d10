import type { Resource } from "../../kubernetes/resources.ts";
import * as resources from "../../kubernetes/resources.ts";
import type { KubernetesObject, Condition as ObjectCondition, Workload } from "../../kubernetes/types.ts";
import type { Condition, Verdict } from "../condition.ts";
import { type Identity, identityProblem } from "../identity.ts";
import type { Kind } from "../kinds.ts";
import type { Cluster } from "./cluster.ts";
import { queryCondition } from "./follow.ts";
import { rightsFor, type Selected, selectedCondition } from "./selected.ts";
import { reasonText } from "./states.ts";

export const RESOURCES: Readonly<Record<Kind, Resource>> = {
  job: resources.jobs,
  pod: resources.pods,
  service: resources.services,
  deployment: resources.deployments,
  statefulset: resources.statefulSets,
  daemonset: resources.daemonSets,
};

/** Any object, as far as its conditions and the generation that they speak of. */
interface Observed extends KubernetesObject {
  status?: { observedGeneration?: number; conditions?: readonly ObjectCondition[] };
}

/** `--for=condition=TYPE=STATUS` for objects of any kind. */
export function wantedCondition(
  target: string,
  cluster: Cluster,
  kind: Kind,
  selected: Selected,
  wanted: { type: string; status: string },
  identities: readonly Identity[],
): Condition {
  const ofTemplate = kind === "deployment" || kind === "statefulset" || kind === "daemonset";
  return selectedCondition<Observed>(target, cluster, selected, identities, {
    resource: RESOURCES[kind],
    judge(object) {
      const marked = ofTemplate ? (object as Workload).spec?.template?.metadata : object.metadata;
      const other = selected.name === undefined ? undefined : identityProblem(identities, marked);
      if (other !== undefined) return { open: false, reason: `it is another one: ${other}` };
      return judgeWanted(object, wanted);
    },
  });
}

/**
 * The rule of `kubectl wait --for=condition=...` (kubectl's pkg/cmd/wait/condition.go): type and status without
 * regard to case, and not of a generation before the newest.
 */
export function judgeWanted(
  object: Pick<Observed, "metadata" | "status">,
  { type, status }: { type: string; status: string },
): Verdict {
  const all = (object.status?.conditions ?? []).filter(
    (one) => one.type.toLowerCase() === type.toLowerCase(),
  );
  const [first] = all;
  if (first === undefined) return { open: false, reason: `it has no condition ${type} yet` };
  const { generation } = object.metadata;
  const observed = first.observedGeneration ?? object.status?.observedGeneration;
  if (generation !== undefined && observed !== undefined && observed < generation)
    return { open: false, reason: `its condition ${first.type} is of an older generation` };
  const other = all.find((one) => one.status.toLowerCase() !== status.toLowerCase());
  if (other === undefined) return { open: true };
  const why = reasonText(other.reason, other.message);
  const topic = `its condition ${other.type} is ${other.status}, not ${status}`;
  return { open: false, reason: `${topic}${why === "" ? "" : `: ${why}`}`, topic };
}

/** `--for=delete`: what was there at the first look is gone. */
export function deletedCondition(
  target: string,
  cluster: Cluster,
  kind: Kind,
  selected: Selected,
): Condition {
  const resource = RESOURCES[kind];
  const { namespace } = cluster;
  const { name, selector } = selected;
  const selection = { namespace, ...(name === undefined ? { labelSelector: selector ?? "" } : { name }) };
  const rights = rightsFor(resource, selected, namespace);
  return queryCondition<KubernetesObject>(target, cluster, { resource, selection }, rights, () => {
    let first: ReadonlySet<string> | undefined;
    return {
      judge(items) {
        first ??= new Set([...items.values()].map(idOf));
        return judgeDeleted(first, [...items.values()], resource.kind);
      },
    };
  });
}

/**
 * As `kubectl wait --for=delete`: one that was made again under the same name is another one, for a StatefulSet makes
 * its pods again at once.
 * @param first uids that were there at the first look.
 */
export function judgeDeleted(
  first: ReadonlySet<string>,
  now: readonly KubernetesObject[],
  kind: string,
): Verdict {
  if (first.size === 0) return { open: true, note: `there was no such ${kind}` };
  const left = now.filter((one) => first.has(idOf(one)));
  const [one] = left;
  if (one === undefined) return { open: true };
  const { name, deletionTimestamp } = one.metadata;
  const state = deletionTimestamp == null ? "is still there" : "is being deleted";
  const more = left.length === 1 ? "" : `, and ${left.length - 1} more`;
  return { open: false, reason: `the ${kind} ${name} ${state}${more}`, topic: `${name} ${state}` };
}

function idOf({ metadata }: KubernetesObject): string {
  return metadata.uid ?? metadata.name;
}
