import { jobs } from "../../kubernetes/resources.ts";
import type { Job } from "../../kubernetes/types.ts";
import type { Closed, Condition, Verdict } from "../condition.ts";
import { type Identity, identityProblem } from "../identity.ts";
import type { Cluster } from "./cluster.ts";
import { type Selected, selectedCondition } from "./selected.ts";
import { claims, closed, conditionOf, isDeleted, reasonText } from "./states.ts";

/**
 * Opens when the Job, or each Job of the selector and at least one, is Complete.
 * @param target as the user wrote it.
 */
export function jobCondition(
  target: string,
  cluster: Cluster,
  selected: Selected,
  identities: readonly Identity[] = [],
): Condition {
  return selectedCondition<Job>(target, cluster, selected, identities, {
    resource: jobs,
    judge: (job) => judgeJob(job, selected.name === undefined ? [] : identities),
    explain: "Job",
  });
}

/**
 * The rule for one Job: condition Complete is True, Failed is not claimed, it is not being deleted, and it has every
 * identity. Counters decide nothing: only the condition is final (Kubernetes API reference, JobStatus.conditions),
 * and servers before 1.31 set it while they still counted active or terminating pods, and never counted again.
 */
export function judgeJob(job: Job, identities: readonly Identity[] = []): Verdict {
  const other = identityProblem(identities, job.metadata);
  if (other !== undefined) return closed(`this Job is another one: ${other}`);
  if (isDeleted(job)) return closed("the Job is being deleted; another one may come");
  const failed = claims(job, "Failed");
  if (failed && claims(job, "Complete")) return closed("the Job claims to be Complete and Failed at once");
  if (failed) {
    const { reason, message } = firstOf(job, "Failed");
    return { ...closed(`the Job failed: ${reasonText(reason, message) || "no reason given"}`), failed: 3 };
  }
  if (conditionOf(job, "Complete") !== undefined) return { open: true };
  return progress(job);
}

function progress(job: Job): Closed {
  const { active = 0, failed = 0, succeeded = 0 } = job.status ?? {};
  if (claims(job, "FailureTarget")) {
    const { reason, message } = firstOf(job, "FailureTarget");
    return closed(`the Job is about to fail, its pods are being ended: ${reasonText(reason, message)}`);
  }
  if (claims(job, "SuccessCriteriaMet"))
    return closed("the Job has succeeded, and waits for its pods to end");
  if (job.spec?.suspend === true || conditionOf(job, "Suspended") !== undefined)
    return closed("the Job is suspended");
  const before = failed === 0 ? "" : `, after ${failed} failed ${failed === 1 ? "pod" : "pods"}`;
  const wanted = job.spec?.completions ?? 1;
  const share = wanted > 1 ? `, ${succeeded} of ${wanted} completions are there` : "";
  const topic = `${active > 0} ${failed} ${succeeded}`;
  if (active > 0) return closed(`the Job is running${before}${share}`, topic);
  if (failed > 0)
    return closed(
      `the Job will try again${before} (backoffLimit ${job.spec?.backoffLimit ?? 6})${share}`,
      topic,
    );
  if (succeeded > 0) return closed(`the Job is not complete yet${share}`, topic);
  const { succeeded: won = [], failed: lost = [] } = job.status?.uncountedTerminatedPods ?? {};
  if (won.length + lost.length > 0) return closed("a pod of the Job has ended, and is not counted yet");
  return closed("the Job is there, and has no pod yet");
}

function firstOf(job: Job, type: string): { reason?: string; message?: string } {
  return job.status?.conditions?.find((one) => one.type === type && one.status === "True") ?? {};
}
