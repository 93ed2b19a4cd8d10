import type { Found, Look, ManifestRule } from "../checking/rule.ts";
import { isContract, type Subject } from "../checking/subjects.ts";
import { migrationHooks, migrationJobs, numberAt } from "../checking/waiting.ts";

/** Seconds (Helm documentation, "helm upgrade"). */
const helmDefault = 300;

export const shortHelmTimeout: ManifestRule = {
  code: "SM005",
  name: "short-helm-timeout",
  title: "Helm gives up sooner than the migration",
  options: ["--helm-timeout", "5m"],
  what: "With `--helm-timeout DURATION`, the value of `helm upgrade --timeout` (5m is Helm's own default): a Job that migrates, or that a gate waits for, whose `activeDeadlineSeconds` is longer; and a hook of Helm that migrates and has none. A hook whose command is not known counts where its name says that it migrates: `shop-migrate`, `db-migration`. Without the option a note names the hooks that may take longer than Helm's default, and nothing is found.",
  why: "Helm waits for hooks, and with `--wait` for the pods too. When its time is up it reports failure and leaves the Job running; with `--rollback-on-failure` or `--atomic` it rolls back meanwhile, which deletes a Job that is no hook in mid-run. The next upgrade meets a migration that nobody reckoned with.",
  fix: "Give `helm upgrade --timeout` the Job's `activeDeadlineSeconds` and some minutes for pods to start, or give the Job a shorter deadline.",
  find(look) {
    const { helmTimeout } = look;
    if (helmTimeout === undefined) return [];
    const seconds = Math.round(helmTimeout / 1000);
    return longerThan(look, helmTimeout / 1000).map(({ subject, deadline }): Found => {
      const path = [...subject.root, "spec", "activeDeadlineSeconds"];
      const fix =
        deadline === undefined
          ? `set activeDeadlineSeconds of ${subject.label} to less than ${seconds}`
          : `run helm with --timeout ${deadline + 300}s, or set activeDeadlineSeconds of ${subject.label} to less than ${seconds}`;
      return {
        subject,
        path,
        message: `Helm gives up after ${seconds} s, and ${subject.label} ${lasts(deadline)}`,
        fix,
      };
    });
  },
  notes(look) {
    if (look.helmTimeout !== undefined) return [];
    const hooks = migrationHooks(look);
    return longerThan(look, helmDefault)
      .filter(({ subject }) => hooks.includes(subject))
      .map(
        ({ subject, deadline }) =>
          `${subject.label} is a hook that ${lasts(deadline)}, and Helm gives up after ${helmDefault} s unless its --timeout says more: name that by --helm-timeout`,
      );
  },
  applies: ({ helmTimeout }) => helmTimeout !== undefined,
};

/** Jobs that may take longer, with their deadline; a hook may have none. */
function longerThan(look: Look, seconds: number): { subject: Subject; deadline: number | undefined }[] {
  const hooks = migrationHooks(look);
  return [...new Set([...migrationJobs(look), ...hooks])]
    .filter((subject) => !isContract(subject))
    .map((subject) => ({ subject, deadline: numberAt(subject.object, "spec", "activeDeadlineSeconds") }))
    .filter(({ subject, deadline }) =>
      deadline === undefined ? hooks.includes(subject) : deadline > seconds,
    );
}

function lasts(deadline: number | undefined): string {
  return deadline === undefined ? "has no activeDeadlineSeconds" : `may take ${deadline} s`;
}
