import type { ContainerState, ContainerStatus, Pod } from "../../kubernetes/types.ts";
import type { Closed } from "../condition.ts";
import { conditionOf, isDeleted, newest, reasonText } from "./states.ts";

/** Why a pod is not where it should be. */
export interface PodReason {
  text: string;
  /** The substance, without counts and times. */
  topic: string;
  /** A command of Sluice has ended in it with a status that cannot pass by itself. */
  failed?: 3;
}

type Terminated = NonNullable<ContainerState["terminated"]>;

/** Waiting reasons of every start, which say nothing. */
const STARTING = new Set(["", "PodInitializing", "ContainerCreating"]);

/** What holds a pod up, in words for people; never empty. */
export function podReason(pod: Pod): PodReason {
  const { phase, reason, message } = pod.status ?? {};
  if (phase === "Succeeded") return same("has finished");
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  if (phase === "Failed") {
    const ended = containers.find(({ state }) => failure(state?.terminated) !== undefined);
    // The kubelet's own reason (Evicted, DeadlineExceeded) comes before what it did to the containers.
    if (reason !== undefined && reason !== "") return same(`failed: ${reasonText(reason, message)}`);
    return ended === undefined ? same(`failed${message ? `: ${reasonText(message)}` : ""}`) : describe(ended);
  }
  const unscheduled = conditionOf(pod, "PodScheduled", "False");
  if (unscheduled !== undefined) {
    // The scheduler's message counts nodes, and changes with them.
    const text = `cannot be scheduled: ${reasonText(unscheduled.reason, unscheduled.message)}`;
    return { text, topic: `unscheduled ${unscheduled.reason ?? ""}` };
  }
  const held = containers.find(isHeld);
  if (isDeleted(pod)) {
    // A Job that gives up has its pod ended because of what the container says.
    const why = held === undefined ? undefined : describe(held);
    return why === undefined
      ? same("is being ended")
      : { text: `is being ended; ${why.text}`, topic: `ended ${why.topic}` };
  }
  if (held !== undefined) return describe(held);
  const ready = conditionOf(pod, "Ready", "False");
  const starting = containers.find(({ state }) => state?.waiting !== undefined);
  if (starting !== undefined || phase === "Pending" || phase === undefined) return same("is starting");
  const unready = (pod.status?.containerStatuses ?? []).filter((one) => one.ready !== true);
  if (unready.length > 0 && ready !== undefined)
    return same(`runs, and is not ready: ${unready.map(({ name }) => `container ${name}`).join(", ")}`);
  if (ready !== undefined && ready.reason !== "ContainersNotReady")
    return same(`runs, and is not ready: ${reasonText(ready.reason, ready.message)}`);
  if (conditionOf(pod, "Ready", "Unknown") !== undefined)
    return same("is not heard of: its node may be lost");
  return same("runs, and is not ready yet");
}

function same(text: string): PodReason {
  return { text, topic: text };
}

/** A container that has failed, or waits for something else than its turn. */
function isHeld({ state, lastState }: ContainerStatus): boolean {
  if (failure(state?.terminated) !== undefined) return true;
  if (state?.waiting === undefined) return false;
  return !STARTING.has(state.waiting.reason ?? "") || failure(lastState?.terminated) !== undefined;
}

function failure(terminated: Terminated | undefined): Terminated | undefined {
  return terminated !== undefined && terminated.exitCode !== 0 ? terminated : undefined;
}

function describe({ name, state, lastState }: ContainerStatus): PodReason {
  const waiting = state?.waiting;
  const ended = failure(state?.terminated) ?? failure(lastState?.terminated);
  const how = ended === undefined ? undefined : exitText(ended);
  const final: Pick<PodReason, "failed"> = ended !== undefined && isFinal(ended) ? { failed: 3 } : {};
  const word = waiting?.reason ?? "";
  if (waiting !== undefined && !STARTING.has(word)) {
    // The message of CrashLoopBackOff only counts the seconds.
    const why = word === "CrashLoopBackOff" ? how : reasonText(waiting.message);
    const topic = word === "ErrImagePull" ? "ImagePullBackOff" : word;
    return {
      text: `container ${name}: ${reasonText(word, why)}`,
      topic: `${name} ${topic} ${word === "CrashLoopBackOff" ? how : ""}`,
      ...final,
    };
  }
  return { ...same(`container ${name} ${how ?? "waits"}`), ...final };
}

/** Statuses that cannot pass by themselves (docs/reference/exit-codes.md); of other programs they say nothing. */
function isFinal({ exitCode, message }: Terminated): boolean {
  return exitCode >= 2 && exitCode <= 5 && recordIn(message)?.code !== undefined;
}

function exitText(ended: Terminated): string {
  const word = ended.reason === undefined || ended.reason === "Error" ? "" : ` (${ended.reason})`;
  const message = terminationText(ended.message);
  return `ended with exit code ${ended.exitCode}${word}${message === undefined ? "" : `: ${message}`}`;
}

/**
 * A termination message for people: Sluice's own runner writes JSON {code, message, migration, hint}; anything else is
 * taken as it is.
 */
export function terminationText(message: string | undefined): string | undefined {
  if (message === undefined || message.trim() === "") return undefined;
  const record = recordIn(message);
  return record === undefined ? reasonText(message) : reasonText(record.code, record.message);
}

/** What a command of Sluice wrote as its termination message; undefined where another program wrote it. */
function recordIn(text: string | undefined): { code?: string; message: string } | undefined {
  try {
    const record: unknown = JSON.parse(text ?? "");
    if (typeof record !== "object" || record === null || !("message" in record)) return undefined;
    const { code, message } = record as { code?: unknown; message: unknown };
    if (typeof message !== "string") return undefined;
    return typeof code === "string" ? { code, message } : { message };
  } catch {
    return undefined;
  }
}

/** Adds why the newest pod that is not ready is not, as far as the pods say; where that is final, the roll-out has failed. */
export function withPod(verdict: Closed, pods: readonly Pod[]): Closed {
  const pod = newest(pods.filter((one) => !isDeleted(one) && conditionOf(one, "Ready") === undefined));
  if (pod === undefined) return verdict;
  const { text, topic, failed } = podReason(pod);
  const sign = text.startsWith("container") ? ":" : "";
  return {
    ...verdict,
    ...(failed !== undefined && { failed }),
    reason: `${verdict.reason}; pod ${pod.metadata.name}${sign} ${text}`,
    topic: `${verdict.topic ?? verdict.reason}; ${topic}`,
  };
}
