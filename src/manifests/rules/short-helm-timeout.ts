import type { Found, ManifestRule } from "../checking/rule.ts";
import { isContract } from "../checking/subjects.ts";
import { migrationJobs, numberAt } from "../checking/waiting.ts";

export const shortHelmTimeout: ManifestRule = {
  code: "SM005",
  name: "short-helm-timeout",
  title: "Helm gives up sooner than the migration",
  options: ["--helm-timeout", "5m"],
  what: "With `--helm-timeout DURATION`, the value of `helm upgrade --timeout` (5m is Helm's own default): a Job that migrates, or that a gate waits for, whose `activeDeadlineSeconds` is longer.",
  why: "Helm waits for hooks, and with `--wait` for the pods too. When its time is up it reports failure and leaves the Job running; with `--rollback-on-failure` or `--atomic` it rolls back meanwhile, which deletes a Job that is no hook in mid-run. The next upgrade meets a migration that nobody reckoned with.",
  fix: "Give `helm upgrade --timeout` the Job's `activeDeadlineSeconds` and some minutes for pods to start, or give the Job a shorter deadline.",
  find(look) {
    const { helmTimeout } = look;
    if (helmTimeout === undefined) return [];
    return migrationJobs(look).flatMap((subject): Found[] => {
      const deadline = numberAt(subject.object, "spec", "activeDeadlineSeconds");
      if (deadline === undefined || deadline * 1000 <= helmTimeout || isContract(subject)) return [];
      const seconds = Math.round(helmTimeout / 1000);
      return [
        {
          subject,
          path: [...subject.root, "spec", "activeDeadlineSeconds"],
          message: `Helm gives up after ${seconds} s, and ${subject.label} may take ${deadline} s`,
          fix: `run helm with --timeout ${deadline + 300}s, or set activeDeadlineSeconds of ${subject.label} to less than ${seconds}`,
        },
      ];
    });
  },
  applies: ({ helmTimeout }) => helmTimeout !== undefined,
};
