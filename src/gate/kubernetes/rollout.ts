import type { Resource } from "../../kubernetes/resources.ts";
import { pods as podsResource } from "../../kubernetes/resources.ts";
import type { KubernetesObject, Pod, Workload } from "../../kubernetes/types.ts";
import type { Closed, Condition, Verdict } from "../condition.ts";
import { type Identity, identityProblem } from "../identity.ts";
import type { Cluster } from "./cluster.ts";
import { createConfirmation } from "./confirmation.ts";
import { type Followed, follow } from "./follow.ts";
import { closed, isDeleted, selectorText } from "./states.ts";
import { judgeTrouble, type Rights } from "./trouble.ts";
import { watchingCondition } from "./watching.ts";

/** What a rule on a roll-out gets to see: everything that the selector matches, of whichever revision. */
export interface Seen<R> {
  workload: Workload;
  pods: readonly Pod[];
  revisions: readonly R[];
}

/** One kind of workload. */
export interface RolloutRule<R> {
  resource: Resource;
  /** Where the revisions are kept; the status names the revision itself where undefined. */
  revisions: Resource | undefined;
  judge(seen: Seen<R>): Verdict;
}

/** Opens when the roll-out of a workload is finished and no pod of an older revision is left. */
export function rolloutCondition<R extends KubernetesObject>(
  target: string,
  cluster: Cluster,
  name: string,
  identities: readonly Identity[],
  rule: RolloutRule<R>,
): Condition {
  const { namespace } = cluster;
  const { resource, revisions } = rule;
  const needs = [
    { resource, name },
    { resource: podsResource },
    ...(revisions === undefined ? [] : [{ resource: revisions }]),
  ];
  const rights: Rights = { needs, namespace, role: `sluice-wait-${resource.kind.toLowerCase()}-${name}` };
  return watchingCondition(target, ({ again, failed, signal }) => {
    let parts: Parts<R> | undefined;
    let wasThere = false;
    const confirmation = createConfirmation(again, signal);
    const workloads = follow<Workload>(
      cluster,
      { resource, selection: { namespace, name } },
      again,
      failed,
      signal,
    );

    return () => {
      const trouble = workloads.trouble ?? parts?.pods.trouble ?? parts?.revisions?.trouble;
      if (trouble !== undefined) {
        confirmation.forget();
        return { trouble: judgeTrouble(trouble, rights) };
      }
      if (workloads.items === undefined) return undefined;
      const workload = workloads.items.get(name);
      const absent = judgePresence(workload, rule, name, namespace, wasThere, identities);
      wasThere ||= workload !== undefined;
      if (workload === undefined || absent !== undefined) {
        confirmation.forget();
        return absent && { verdict: absent };
      }
      parts = partsFor(workload);
      const { labelSelector } = parts;
      const [pods, known] = [parts.pods.items, parts.revisions?.items];
      if (pods === undefined || (parts.revisions !== undefined && known === undefined)) return undefined;
      const seen = { workload, pods: [...pods.values()], revisions: [...(known?.values() ?? [])] };
      const verdict = rule.judge(seen);
      if (!verdict.open) {
        confirmation.forget();
        return { verdict };
      }
      const answer = confirmation.of(() => afresh(labelSelector));
      if (answer instanceof Error) return { trouble: judgeTrouble(answer, rights) };
      return answer && { verdict: answer };
    };

    /** The same question to lists that were asked for just now. */
    async function afresh(labelSelector: string): Promise<Verdict> {
      const { client } = cluster;
      const of = async <T>(which: Resource) =>
        (await client.list<T>(which, { namespace, labelSelector }, signal)).items;
      const [{ items }, pods, known] = await Promise.all([
        client.list<Workload>(resource, { namespace, name }, signal),
        of<Pod>(podsResource),
        revisions === undefined ? [] : of<R>(revisions),
      ]);
      const workload = items.find((one) => one.metadata.name === name);
      const absent = judgePresence(workload, rule, name, namespace, wasThere, identities);
      return absent ?? rule.judge({ workload: workload as Workload, pods, revisions: known });
    }

    /** A selector stays for as long as its workload; another workload of the same name may have another. */
    function partsFor(workload: Workload): Parts<R> {
      const labelSelector = selectorText(workload.spec?.selector) as string;
      if (parts?.labelSelector === labelSelector) return parts;
      parts?.ended.abort();
      const ended = new AbortController();
      const until = AbortSignal.any([signal, ended.signal]);
      const of = <T extends KubernetesObject>(which: Resource) =>
        follow<T>(
          cluster,
          { resource: which, selection: { namespace, labelSelector } },
          again,
          failed,
          until,
        );
      return {
        labelSelector,
        ended,
        pods: of<Pod>(podsResource),
        revisions: revisions === undefined ? undefined : of<R>(revisions),
      };
    }
  });
}

interface Parts<R> {
  labelSelector: string;
  ended: AbortController;
  pods: Followed<Pod>;
  revisions: Followed<R> | undefined;
}

/** What can be said without looking at pods; undefined where it goes on. */
export function judgePresence(
  workload: Workload | undefined,
  { resource: { kind } }: Pick<RolloutRule<never>, "resource">,
  name: string,
  namespace: string,
  wasThere: boolean,
  identities: readonly Identity[],
): Closed | undefined {
  if (workload === undefined) {
    const gone = `the ${kind} was deleted; another one may come`;
    return closed(wasThere ? gone : `there is no ${kind} ${name} in the namespace ${namespace} yet`);
  }
  if (isDeleted(workload)) return closed(`the ${kind} is being deleted; another one may come`);
  const other = identityProblem(identities, workload.spec?.template?.metadata);
  if (other !== undefined) return closed(`its pod template is of another release: ${other}`);
  const { generation } = workload.metadata;
  const observed = workload.status?.observedGeneration;
  if (generation === undefined || observed === undefined || observed < generation)
    return closed(`the ${kind} was changed, and its controller has not seen that yet`);
  if (selectorText(workload.spec?.selector) === undefined)
    return closed(`the ${kind} has no selector, so its pods are not known`);
  return undefined;
}
