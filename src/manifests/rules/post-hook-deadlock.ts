import type { Found, ManifestRule } from "../checking/rule.ts";
import { isContract, migrates, type Subject, sameNamespace } from "../checking/subjects.ts";
import { awaitedJobs, helmHooks, namedJobs } from "../checking/waiting.ts";
import { mapAt, textAt } from "../json.ts";

export const postHookDeadlock: ManifestRule = {
  code: "SM007",
  name: "post-hook-deadlock",
  title: "Pods wait for a Job that is made only when they are ready",
  what: "A Job with `helm.sh/hook: post-install`, `post-upgrade` or `post-rollback`, or with `argocd.argoproj.io/hook: PostSync`, for which a gate waits: it is named by `job/NAME`, or it is the only one that migrates. A Job that runs the contract phase only is left out: that belongs after the roll-out.",
  why: "Helm with `--wait`, and Argo CD always, make such a Job when all pods are ready; the pods wait for the Job to be ready. Both wait until a time-out ends the deployment.",
  fix: "Take the hook annotations away: a plain Job and a gate need no order. Or make it `pre-install,pre-upgrade`, with all that it needs.",
  find(look) {
    return look.subjects.flatMap((job): Found[] => {
      const hook = lateHook(job);
      if (job.kind !== "Job" || hook === undefined || isContract(job)) return [];
      const by = look.subjects.find((one) =>
        one.gates.some(
          (gate) =>
            namedJobs(look, one, gate).includes(job) ||
            (awaitedJobs(look, one, gate).includes(job) && isOnlyOne(look.subjects, job)),
        ),
      );
      if (by === undefined || by === job) return [];
      const { key, value } = hook;
      return [
        {
          subject: job,
          path: [...job.root, "metadata", "annotations", key],
          message: `${job.label} is made when the pods of ${by.label} are ready (${value}), and they wait for it`,
          fix: `remove ${key} from ${job.label}, or move it before the pods: ${key.startsWith("helm") ? "pre-install,pre-upgrade" : "PreSync"}`,
        },
      ];
    });
  },
};

function lateHook(job: Subject): { key: string; value: string } | undefined {
  const hooks = helmHooks(job);
  if (hooks.some((one) => /^post-(install|upgrade|rollback)$/.test(one)))
    return { key: "helm.sh/hook", value: hooks.join(",") };
  const key = "argocd.argoproj.io/hook";
  const value = textAt(mapAt(job.object, "metadata", "annotations"), key);
  return value === "PostSync" ? { key, value } : undefined;
}

/** Whether no other Job migrates before the pods: a second half after them is then in order. */
function isOnlyOne(all: readonly Subject[], job: Subject): boolean {
  return !all.some(
    (one) =>
      one !== job &&
      one.kind === "Job" &&
      migrates(one) &&
      !isContract(one) &&
      lateHook(one) === undefined &&
      sameNamespace(one.namespace, job.namespace),
  );
}
