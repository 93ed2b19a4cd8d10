import type { Resource } from "../../kubernetes/resources.ts";
import { pods as podsResource } from "../../kubernetes/resources.ts";
import type { KubernetesObject, Pod, Workload } from "../../kubernetes/types.ts";
import type { Closed, Condition, Verdict } from "../condition.ts";
import { type Identity, identityProblem } from "../identity.ts";
import type { Cluster } from "./cluster.ts";
import { createConfirmation } from "./confirmation.ts";
import { type Followed, follow } from "./follow.ts";
import { podReason } from "./pod-reason.ts";
import { conditionOf, isDeleted, newest, selectorText } from "./states.ts";
import { createTeller, judgeTrouble, type Rights } from "./trouble.ts";

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
  return {
    target,
    watch: (report, signal) =>
      new Promise<void>((resolve, reject) => {
        const teller = createTeller(report, signal);
        let parts: Parts<R> | undefined;
        let wasThere = false;
        const confirmation = createConfirmation(() => guarded(), signal);
        const guarded = () => {
          try {
            look();
          } catch (error) {
            reject(error);
          }
        };
        signal.addEventListener("abort", () => resolve(), { once: true });
        const query = { resource, selection: { namespace, name } };
        const workloads = follow<Workload>(cluster, query, guarded, reject, signal);

        function look(): void {
          if (signal.aborted) return;
          const trouble = workloads.trouble ?? parts?.pods.trouble ?? parts?.revisions?.trouble;
          if (trouble !== undefined) {
            confirmation.forget();
            teller.trouble(judgeTrouble(trouble, rights));
            return;
          }
          if (workloads.items === undefined) return;
          const workload = workloads.items.get(name);
          const verdict = judgePresence(workload, rule, name, namespace, wasThere, identities);
          wasThere ||= workload !== undefined;
          if (workload === undefined || verdict !== undefined) {
            confirmation.forget();
            if (verdict !== undefined) teller.verdict(verdict);
            return;
          }
          parts = partsFor(workload);
          const [pods, known] = [parts.pods.items, parts.revisions?.items];
          if (pods === undefined || (parts.revisions !== undefined && known === undefined)) return;
          const seen = { workload, pods: [...pods.values()], revisions: [...(known?.values() ?? [])] };
          const judged = rule.judge(seen);
          if (!judged.open) confirmation.forget();
          const { labelSelector } = parts;
          const answer = judged.open ? confirmation.of(() => afresh(labelSelector)) : judged;
          if (answer instanceof Error) teller.trouble(judgeTrouble(answer, rights));
          else if (answer !== undefined) teller.verdict(answer);
        }

        /** The same question to lists that were asked for just now. */
        async function afresh(labelSelector: string): Promise<Verdict> {
          const { client } = cluster;
          const of = async <T>(which: Resource) =>
            (await client.list<T>(which, { namespace, labelSelector }, signal)).items;
          const named = client.list<Workload>(resource, { namespace, name }, signal);
          const [{ items }, pods, known] = await Promise.all([
            named,
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
              guarded,
              reject,
              until,
            );
          return {
            labelSelector,
            ended,
            pods: of<Pod>(podsResource),
            revisions: revisions === undefined ? undefined : of<R>(revisions),
          };
        }
      }),
  };
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

/** A pod that runs, or may yet: what has ended uses nothing any more, and an evicted pod lies around for long. */
export function isAlive(pod: Pod): boolean {
  return pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed";
}

/** A pod without a controller that carries the hash of another revision: it was one of the workload's. */
export function isOrphan(pod: Pod, label: string, newest: string | undefined): boolean {
  const hash = pod.metadata.labels?.[label];
  return hash !== undefined && hash !== newest;
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

/** Adds why the newest pod that is not ready is not, as far as the pods say. */
export function withPod(verdict: Closed, pods: readonly Pod[]): Closed {
  const pod = newest(pods.filter((one) => !isDeleted(one) && conditionOf(one, "Ready") === undefined));
  if (pod === undefined) return verdict;
  const { text, topic } = podReason(pod);
  const sign = text.startsWith("container") ? ":" : "";
  return {
    ...verdict,
    reason: `${verdict.reason}; pod ${pod.metadata.name}${sign} ${text}`,
    topic: `${verdict.topic ?? verdict.reason}; ${topic}`,
  };
}

export function closed(reason: string, topic = reason): Closed {
  return { open: false, reason, topic };
}
