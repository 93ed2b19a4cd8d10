import type { ApiError } from "../../kubernetes/api-error.ts";
import { events, pods } from "../../kubernetes/resources.ts";
import type { ApiEvent, Job, KubernetesObject, Pod } from "../../kubernetes/types.ts";
import type { Closed, Verdict } from "../condition.ts";
import type { Cluster } from "./cluster.ts";
import { eventText, newestEvent } from "./event-text.ts";
import { type PodReason, podReason } from "./pod-reason.ts";
import { controllerOf, newest, selectorText } from "./states.ts";

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
  /** Of the object whose failure was looked into. */
  let settled: string | undefined;
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
    found = { uid: idOf(object), ...(await lookAt(cluster, kind, object, limit, mention)) };
    looking = false;
    if (signal.aborted) return;
    if (settled !== idOf(object)) schedule(LOOK_AGAIN);
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
      if (verdict.failed !== undefined && settled !== id) {
        if (!looking && cluster.budget.take(REQUESTS, 0)) {
          settled = id;
          stop();
          void look();
        }
      }
      // What has failed does not change any more.
      if (verdict.failed === undefined || settled !== id) schedule(FIRST_LOOK);
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
  event?: ApiEvent | undefined;
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
    pod = newest((listed?.items ?? []).filter((one) => uid === undefined || controllerOf(one)?.uid === uid));
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
export function withDetails(verdict: Closed, { pod, event }: Omit<Found, "uid">): Closed {
  let reason = verdict.reason;
  let topic = verdict.topic ?? verdict.reason;
  if (pod !== undefined) {
    const about: PodReason = podReason(pod);
    const sign = about.text.startsWith("container") ? ":" : "";
    reason += `; pod ${pod.metadata.name}${sign} ${about.text}`;
    topic += `; ${pod.metadata.name} ${about.topic}`;
  }
  const said = event === undefined ? undefined : eventText(event);
  if (event !== undefined && said !== undefined && !reason.includes(event.message ?? said)) {
    reason += `; newest Event: ${said}`;
    topic += `; ${event.reason}`;
  }
  return { ...verdict, reason, topic };
}
