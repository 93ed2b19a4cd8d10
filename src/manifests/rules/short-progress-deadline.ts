import type { Found, ManifestRule } from "../checking/rule.ts";
import { awaitedJobs, endsBefore, holder, numberAt } from "../checking/waiting.ts";

/** Seconds (Kubernetes API reference, DeploymentSpec; Argo Rollouts documentation, "Rollout Spec"). */
const standard = 600;

export const shortProgressDeadline: ManifestRule = {
  code: "SM004",
  name: "short-progress-deadline",
  title: "A roll-out is given up sooner than the migration that it waits for",
  what: "`progressDeadlineSeconds` of a Deployment or an Argo `Rollout` (600 where it is not written) that is shorter than `activeDeadlineSeconds` of the Job that its gate waits for: the Job of `job/NAME`, else those of the input that migrate, of which the shortest counts. Left out are Jobs without a deadline, and Jobs that have ended before the pods start: hooks of Helm, `PreSync` hooks and lower sync waves of Argo CD.",
  why: "Pods at a gate make no progress. When the deadline has passed, the Deployment says `ProgressDeadlineExceeded` although all is well: `kubectl rollout status` fails, Argo CD says Degraded, a pipeline or Helm rolls back in the middle of a migration.",
  fix: "Set `progressDeadlineSeconds` to `activeDeadlineSeconds` of the Job and ten minutes more for the start of the pods, or the Job's deadline to less.",
  find(look) {
    return look.subjects.flatMap((subject): Found[] => {
      const gate = holder(subject);
      if (!["Deployment", "Rollout"].includes(subject.kind) || gate?.call?.command !== "wait") return [];
      const jobs = awaitedJobs(look, subject, gate)
        .filter((job) => !endsBefore(job, subject))
        .map((job) => ({ job, deadline: numberAt(job.object, "spec", "activeDeadlineSeconds") }))
        .filter((one): one is { job: typeof one.job; deadline: number } => one.deadline !== undefined)
        .sort((a, b) => a.deadline - b.deadline);
      const [first] = jobs;
      const written = numberAt(subject.object, "spec", "progressDeadlineSeconds");
      const own = written ?? standard;
      if (first === undefined || own >= first.deadline) return [];
      const { job, deadline } = first;
      return [
        {
          subject,
          path: [...subject.root, "spec", "progressDeadlineSeconds"],
          message: `the roll-out is given up after ${own} s${written === undefined ? ", the default" : ""}, and ${job.label} may take ${deadline} s (activeDeadlineSeconds)`,
          fix: `set progressDeadlineSeconds of ${subject.label} to ${deadline + 600}, or activeDeadlineSeconds of ${job.label} to less than ${own}`,
        },
      ];
    });
  },
};
