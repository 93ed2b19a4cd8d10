import type { ApiError } from "../../kubernetes/api-error.ts";
import { events, pods } from "../../kubernetes/resources.ts";
import type { ApiEvent, Job, KubernetesObject, Pod } from "../../kubernetes/types.ts";
import type { Closed, Verdict } from "../condition.ts";
import type { Cluster } from "./cluster.ts";
import { eventText, newestEvent } from "./event-text.ts";
import { type PodReason, podReason } from "./pod-reason.ts";
import { claims, controllerOf, newest, selectorText } from "./states.ts";

/** A wait that is over sooner needs no explanation. Milliseconds. */
const FIRST_LOOK = 5000;
const LOOK_AGAIN = 60_000;

/** A look that takes longer is left. Milliseconds. */
const PATIENCE = 4000;

/** Pods and events. */
const REQUESTS = 2;

/** Finds out more about an object that does not do what is awaited. */
export interface Diagnosis {
  /** The verdict with what is known already. A failure is told once the reason was looked for. */
  explain(verdict: Verdict, about: KubernetesObject | undefined): Verdict;
}

/**
 * The diagnosis of one condition: the newest pod of a Job, and the newest Event. It is no part of the condition: it
 * uses only what the budget gives and the rights that there are.
 * @param again called when there is something new to say.
 */
export function createDiagnosis(
  cluster: Cluster,
  kind: "Job" | "Pod",
  again: () => void,
  signal: AbortSignal,
): Diagnosis {
  let subject: KubernetesObject | undefined;
  let found: Found | undefined;
  /** Failures that were looked into, at once: "UID failing", "UID failed". */
  const urgent = new Set<string>();
  let looking = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const mentioned = new Set<string>();
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  signal.addEventListener("abort", stop, { once: true });

  const schedule = (milliseconds: number) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (cluster.budget.take(REQUESTS, REQUESTS)) void look();
      else schedule(LOOK_AGAIN / 4);
    }, milliseconds);
  };

  async function look(): Promise<void> {
    const object = subject;
    if (object === undefined || signal.aborted) return;
    looking = true;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    const before = found?.uid === idOf(object) ? found : undefined;
    found = { uid: idOf(object), ...merged(before, await lookAt(cluster, kind, object, limit, mention)) };
    looking = false;
    if (signal.aborted) return;
    if (!urgent.has(`${idOf(object)} failed`)) schedule(LOOK_AGAIN);
    again();
  }

  function mention(what: string, error: ApiError | Error): void {
    if (signal.aborted || mentioned.has(what)) return;
    mentioned.add(what);
    cluster.debug(`${what} cannot be read, so less can be said: ${error.message}`);
  }

  return {
    explain(verdict, about) {
      subject = about;
      if (verdict.open || about === undefined) {
        stop();
        return verdict;
      }
      const id = idOf(about);
      // A Job with restartPolicy OnFailure has its pod removed before it is Failed, and the reason with it.
      const isFailing = kind === "Job" && claims(about as Job, "FailureTarget");
      const stage = verdict.failed !== undefined ? "failed" : isFailing ? "failing" : undefined;
      const isNew = stage !== undefined && !urgent.has(`${id} ${stage}`);
      if (isNew && !looking && cluster.budget.take(REQUESTS, 0)) {
        urgent.add(`${id} ${stage}`);
        stop();
        void look();
      }
      // What has failed does not change any more.
      if (stage !== "failed" || !urgent.has(`${id} failed`)) schedule(FIRST_LOOK);
      if (looking && verdict.failed !== undefined) {
        // What was found before it failed is old.
        const { failed: _, ...unsettled } = verdict;
        return unsettled;
      }
      return found?.uid === id ? withDetails(verdict, found) : verdict;
    },
  };
}

interface Found {
  uid: string;
  pod?: Pod | undefined;
  /** The pod was there at an earlier look. */
  gone?: boolean;
  event?: ApiEvent | undefined;
}

/** What was known of a pod that is gone stays: it is the reason why it is gone. */
function merged(before: Omit<Found, "uid"> | undefined, now: Omit<Found, "uid">): Omit<Found, "uid"> {
  const isGone = now.pod === undefined && before?.pod !== undefined;
  return isGone ? { pod: before.pod, gone: true, event: now.event ?? before.event } : now;
}

function idOf({ metadata }: KubernetesObject): string {
  return metadata.uid ?? metadata.name;
}

async function lookAt(
  cluster: Cluster,
  kind: "Job" | "Pod",
  object: KubernetesObject,
  signal: AbortSignal,
  mention: (what: string, error: Error) => void,
): Promise<Omit<Found, "uid">> {
  const { client, namespace } = cluster;
  const failed = (what: string) => (error: unknown) => {
    mention(what, error as Error);
    return undefined;
  };
  let pod: Pod | undefined;
  if (kind === "Job") {
    const labelSelector = selectorText((object as Job).spec?.selector) ?? `job-name=${object.metadata.name}`;
    const listed = await client.list<Pod>(pods, { namespace, labelSelector }, signal).catch(failed("pods"));
    const { uid } = object.metadata;
    const own = (listed?.items ?? []).filter((one) => uid === undefined || controllerOf(one)?.uid === uid);
    // Of several indexes the one that holds the Job up.
    pod = newest(own.filter(({ status }) => status?.phase !== "Succeeded")) ?? newest(own);
  }
  const [whose, name] = pod === undefined ? [kind, object.metadata.name] : ["Pod", pod.metadata.name];
  const fieldSelector = `involvedObject.kind=${whose},involvedObject.name=${name}`;
  const said = await client
    .list<ApiEvent>(events, { namespace, fieldSelector }, signal)
    .catch(failed("events"));
  const uid = (pod ?? object).metadata.uid;
  const own = (said?.items ?? []).filter(
    (one) => uid === undefined || one.involvedObject?.uid === undefined || one.involvedObject.uid === uid,
  );
  return { pod, event: newestEvent(own) };
}

/** One line of verdict, pod and Event, without saying a thing twice. */
export function withDetails(verdict: Closed, { pod, gone, event }: Omit<Found, "uid">): Closed {
  let reason = verdict.reason;
  let topic = verdict.topic ?? verdict.reason;
  let isKnown = false;
  if (pod !== undefined) {
    const about: PodReason = podReason(pod);
    isKnown = about.text.startsWith("container");
    const where = gone === true ? " (gone meanwhile)" : "";
    reason += `; pod ${pod.metadata.name}${where}${isKnown ? ":" : ""} ${about.text}`;
    topic += `; ${pod.metadata.name} ${about.topic}`;
  }
  // Beside a container's own reason "Started" or "Pulled" says nothing.
  const said = event === undefined || (isKnown && event.type === "Normal") ? undefined : eventText(event);
  if (event !== undefined && said !== undefined && !reason.includes(event.message ?? said)) {
    reason += `; newest Event: ${said}`;
    topic += `; ${event.reason}`;
  }
  return { ...verdict, reason, topic };
}
