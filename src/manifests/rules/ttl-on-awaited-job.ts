import type { Found, ManifestRule } from "../checking/rule.ts";
import type { Subject } from "../checking/subjects.ts";
import { namedJobs, numberAt } from "../checking/waiting.ts";

export const ttlOnAwaitedJob: ManifestRule = {
  code: "SM006",
  name: "ttl-on-awaited-job",
  title: "A Job that pods wait for deletes itself",
  what: "`ttlSecondsAfterFinished` of a Job that a gate names: `job/NAME`, or `job -l SELECTOR`.",
  why: "Pods start at any time: one is evicted, a node is drained, a scaler adds three. When the Job is gone, their gate waits for something that never comes, exactly when the capacity is needed. Under GitOps the Job is made again, and the migration runs once more.",
  fix: "Take `ttlSecondsAfterFinished` away: Helm, Argo CD or `kubectl apply --prune` delete the Job of a release that is gone. Or let the gate ask the database (`schema`, `run/ID`), which remembers without a Job.",
  find(look) {
    const waiting = new Map<Subject, Subject>();
    for (const subject of look.subjects)
      for (const gate of subject.gates)
        for (const job of namedJobs(look, subject, gate)) if (!waiting.has(job)) waiting.set(job, subject);
    return [...waiting].flatMap(([job, by]): Found[] => {
      const seconds = numberAt(job.object, "spec", "ttlSecondsAfterFinished");
      if (seconds === undefined) return [];
      return [
        {
          subject: job,
          path: [...job.root, "spec", "ttlSecondsAfterFinished"],
          message: `${job.label} is deleted ${seconds} s after its end, and a pod of ${by.label} that starts later waits for it for ever`,
          fix: `remove ttlSecondsAfterFinished from ${job.label}, or let the gate of ${by.label} wait for schema or run/ID`,
        },
      ];
    });
  },
};
