import { serviceAccountOf } from "../checking/accounts.ts";
import type { Found, ManifestRule } from "../checking/rule.ts";
import { migrates, sameNamespace } from "../checking/subjects.ts";
import { migrationJobs } from "../checking/waiting.ts";

export const sharedServiceAccount: ManifestRule = {
  code: "SM012",
  name: "shared-service-account",
  title: "The application runs under the ServiceAccount of the migrations",
  what: "A workload whose `serviceAccountName` is that of a Job that migrates, or that a gate waits for. `default`, and none, are left out.",
  why: "Where a cloud gives the ServiceAccount a database account or access to a Secret, the application gets what only the migration should have: it can change the schema. Rights in Kubernetes that one of the two needs, both have.",
  fix: "Give the Job a ServiceAccount of its own, without rights and with `automountServiceAccountToken: false`. The chart does so.",
  find(look) {
    const jobs = migrationJobs(look);
    return look.subjects.flatMap((subject): Found[] => {
      const name = serviceAccountOf(subject);
      if (subject.kind === "Job" || name === undefined || name === "default") return [];
      const job = jobs.find(
        (one) => serviceAccountOf(one) === name && sameNamespace(one.namespace, subject.namespace),
      );
      if (job === undefined) return [];
      return [
        {
          subject,
          path: [...subject.path, "serviceAccountName"],
          message: `the ServiceAccount ${name} is that of ${job.label}, ${migrates(job) ? "which migrates" : "which a gate waits for"}`,
          fix: `give ${job.label} a ServiceAccount of its own`,
        },
      ];
    });
  },
};
