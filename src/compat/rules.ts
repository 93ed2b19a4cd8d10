import type { Closed, Verdict } from "../gate/condition.ts";
import { judgeJob } from "../gate/kubernetes/job.ts";
import { judgePod } from "../gate/kubernetes/pod.ts";
import { isDeleted } from "../gate/kubernetes/states.ts";
import type { Job, Pod } from "../kubernetes/types.ts";
import type { Mode } from "./request.ts";

/** What became of one object: it succeeded, ended with an error for good, or neither can be said. */
export type State = { state: "good" } | { state: "error" | "pending"; verdict: Closed };

/**
 * good: condition Complete. error: condition Failed. Both are final (Kubernetes API reference, JobStatus.conditions);
 * counters of pods are not, so a Job between two tries is neither.
 */
export function stateOfJob(job: Job): State {
  return stateOf(judgeJob(job));
}

/**
 * good: ready, or ended with success, which k8s-wait-for takes for ready too. error: ended with an error (phase
 * Failed), whatever the reason: also evicted or killed for its memory. A container that is restarted is neither.
 */
export function stateOfPod(pod: Pod): State {
  if (pod.status?.phase === "Succeeded" && !isDeleted(pod)) return { state: "good" };
  return stateOf(judgePod(pod));
}

function stateOf(verdict: Verdict): State {
  if (verdict.open) return { state: "good" };
  return { state: verdict.failed === undefined ? "pending" : "error", verdict };
}

/** An object that is meant, by name; `state` is undefined where there is none of that name. */
export interface Member {
  name: string;
  state: State | undefined;
}

/**
 * The rule for all objects that are meant. None at all is never open.
 * - plain: each is good.
 * - we: each is good or has ended with an error.
 * - wr: as we, and at least one is good.
 * @param asked for the reason: the kind and what selects it ("job -lapp=x"), and the namespace that was looked in.
 */
export function judgeMembers(
  members: readonly Member[],
  mode: Mode,
  { label, namespace }: { label: string; namespace: string },
): Verdict {
  if (members.length === 0) return { open: false, reason: `there is no ${label} yet${inside(namespace)}` };
  const good = members.filter(({ state }) => state?.state === "good").length;
  const errors = members.filter(({ state }) => state?.state === "error");
  const pending = members.filter(({ state }) => state === undefined || state.state === "pending");
  const blocking = mode === "plain" ? [...errors, ...pending] : pending;
  if (blocking.length === 0 && (mode !== "wr" || good > 0)) {
    const note = errors.length === 0 ? undefined : `${names(errors)} failed, which counts as ready here`;
    return { open: true, note };
  }
  const first = blocking[0] ?? errors[0];
  const verdict: Closed =
    first?.state === undefined || first.state.state === "good"
      ? { open: false, reason: `it is not there yet${inside(namespace)}` }
      : first.state.verdict;
  const prefix = members.length === 1 ? "" : `${good} of ${members.length} are ready; `;
  const topic = verdict.topic ?? verdict.reason;
  return {
    ...verdict,
    reason: `${prefix}${first?.name}: ${verdict.reason}`,
    topic: `${first?.name}: ${topic}`,
  };
}

/** Which namespace it was: a wrong one is the usual reason why something never comes. */
export function inside(namespace: string): string {
  return ` (namespace ${namespace})`;
}

function names(members: readonly Member[]): string {
  return members.map(({ name }) => name).join(", ");
}
