import type { Resource } from "../../kubernetes/resources.ts";
import type { KubernetesObject } from "../../kubernetes/types.ts";
import type { Closed, Condition, Verdict } from "../condition.ts";
import { type Identity, identityProblem } from "../identity.ts";
import type { Cluster } from "./cluster.ts";
import { createDiagnosis } from "./diagnosis.ts";
import { queryCondition } from "./follow.ts";
import { shortHash } from "./forbidden.ts";
import type { Rights } from "./trouble.ts";

/** One object by name, or all of a selector. */
export interface Selected {
  name?: string | undefined;
  selector?: string | undefined;
}

/** The rule for one object. */
export interface ObjectRule<T> {
  resource: Resource;
  judge(object: T): Verdict;
  /** What kind of object the diagnosis knows about; none unless told. */
  explain?: "Job" | "Pod";
}

/** A verdict on several objects, with the one that it speaks of. */
export interface Judged<T> {
  verdict: Verdict;
  about: T | undefined;
}

/** A condition on one object, or on all of a selector, by a rule for each of them. */
export function selectedCondition<T extends KubernetesObject>(
  target: string,
  cluster: Cluster,
  selected: Selected,
  identities: readonly Identity[],
  rule: ObjectRule<T>,
): Condition {
  const { namespace } = cluster;
  const { name, selector } = selected;
  const query = {
    resource: rule.resource,
    selection: { namespace, ...(name === undefined ? { labelSelector: selector ?? "" } : { name }) },
  };
  const rights = rightsFor(rule.resource, selected, namespace);
  return queryCondition<T>(target, cluster, query, rights, (again, signal) => {
    const diagnosis =
      rule.explain === undefined ? undefined : createDiagnosis(cluster, rule.explain, again, signal);
    const memory: Memory = { uid: undefined, gone: false };
    let about: T | undefined;
    return {
      judge(items) {
        const judged =
          name === undefined
            ? judgeAll(items, rule, identities, selector ?? "")
            : judgeNamed(items, rule, name, namespace, memory);
        about = judged.about;
        return judged.verdict;
      },
      explain: (verdict) => diagnosis?.explain(verdict, about) ?? verdict,
    };
  });
}

/** What a target needs, and the name of the Role that would give it. */
export function rightsFor(resource: Resource, { name, selector }: Selected, namespace: string): Rights {
  const kind = resource.kind.toLowerCase();
  const words = (selector ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 150);
  return {
    needs: [name === undefined ? { resource } : { resource, name }],
    namespace,
    // No name of an object is the words of a selector with their hash behind the plural.
    role:
      name === undefined
        ? `sluice-wait-${kind}s-${words}-${shortHash(selector ?? "")}`
        : `sluice-wait-${kind}-${name}`.slice(0, 200),
  };
}

/** What was seen of a name before. */
interface Memory {
  uid: string | undefined;
  /** The one that was seen first is gone. */
  gone: boolean;
}

/** Exactly the object of that name; says so where it is another one than before. */
export function judgeNamed<T extends KubernetesObject>(
  items: ReadonlyMap<string, T>,
  rule: Pick<ObjectRule<T>, "resource" | "judge">,
  name: string,
  namespace: string,
  memory: Memory,
): Judged<T> {
  const { kind } = rule.resource;
  // By the exact name, whatever else the server may have sent.
  const object = items.get(name);
  if (object === undefined) {
    const before = memory.uid !== undefined;
    const reason = before
      ? `the ${kind} was deleted; another one may come`
      : `there is no ${kind} ${name} in the namespace ${namespace} yet`;
    return { verdict: { open: false, reason }, about: undefined };
  }
  const { uid } = object.metadata;
  if (memory.uid !== undefined && uid !== memory.uid) memory.gone = true;
  memory.uid = uid ?? memory.uid;
  const verdict = rule.judge(object);
  if (verdict.open || !memory.gone) return { verdict, about: object };
  return { verdict: prefixed(verdict, `the ${kind} was created again; `), about: object };
}

/** At least one, and all: those without the identity are of another release and do not count. */
export function judgeAll<T extends KubernetesObject>(
  items: ReadonlyMap<string, T>,
  rule: Pick<ObjectRule<T>, "resource" | "judge">,
  identities: readonly Identity[],
  selector: string,
): Judged<T> {
  const { kind } = rule.resource;
  const all = [...items.values()];
  const meant = all.filter((one) => identityProblem(identities, one.metadata) === undefined);
  if (meant.length === 0) {
    const wanted = identities.map(({ key, value }) => `${key}=${value}`).join(", ");
    const reason =
      all.length === 0
        ? `no ${kind} matches ${selector} yet`
        : `no ${kind} that matches ${selector} has ${wanted} yet`;
    return { verdict: { open: false, reason }, about: undefined };
  }
  const verdicts = meant.map((object) => ({ object, verdict: rule.judge(object) }));
  const closed = verdicts.filter((one): one is { object: T; verdict: Closed } => !one.verdict.open);
  const first = closed.find(({ verdict }) => verdict.failed !== undefined) ?? closed[0];
  if (first === undefined) return { verdict: { open: true }, about: undefined };
  const { object, verdict } = first;
  const count = meant.length === 1 ? "" : `${meant.length - closed.length} of ${meant.length} hold; `;
  const named = prefixed(verdict, `${count}${kind.toLowerCase()}/${object.metadata.name}: `);
  return { verdict: named, about: object };
}

function prefixed(verdict: Closed, prefix: string): Closed {
  const topic = `${prefix}${verdict.topic ?? verdict.reason}`;
  return { ...verdict, reason: `${prefix}${verdict.reason}`, topic };
}
