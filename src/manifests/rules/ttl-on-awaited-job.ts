import type { Found, ManifestRule } from "../checking/rule.ts";
import type { Subject } from "../checking/subjects.ts";
import { awaitedByName, numberAt } from "../checking/waiting.ts";
import { mapAt } from "../json.ts";

export const ttlOnAwaitedJob: ManifestRule = {
  code: "SM006",
  name: "ttl-on-awaited-job",
  title: "A Job that pods wait for deletes itself",
  what: "A Job that a gate names (`job/NAME`, or `job -l SELECTOR`) with `ttlSecondsAfterFinished`, or one that is a hook which is deleted when it has succeeded: `hook-succeeded` in `helm.sh/hook-delete-policy`, `HookSucceeded` in `argocd.argoproj.io/hook-delete-policy`.",
  why: "Pods start at any time: one is evicted, a node is drained, a scaler adds three. When the Job is gone, their gate waits for something that never comes, exactly when the capacity is needed. Under GitOps the Job is made again, and the migration runs once more.",
  fix: "Take `ttlSecondsAfterFinished` away: Helm, Argo CD or `kubectl apply --prune` delete the Job of a release that is gone. Of a hook, write `before-hook-creation` (`BeforeHookCreation`), which deletes it when the next one comes. Or let the gate ask the database (`schema`, `run/ID`), which remembers without a Job.",
  find(look) {
    return [...awaitedByName(look)].flatMap(([job, by]): Found[] => {
      const end = endOf(job);
      if (end === undefined) return [];
      return [
        {
          subject: job,
          path: [...job.root, ...end.path],
          message: `${job.label} is deleted ${end.when}, and a pod of ${by.label} that starts later waits for it for ever`,
          fix: `${end.fix} of ${job.label}, or let the gate of ${by.label} wait for schema or run/ID`,
        },
      ];
    });
  },
};

/** What deletes a Job after it has succeeded, if anything does. */
function endOf({ object }: Subject): { path: string[]; when: string; fix: string } | undefined {
  const seconds = numberAt(object, "spec", "ttlSecondsAfterFinished");
  if (seconds !== undefined)
    return {
      path: ["spec", "ttlSecondsAfterFinished"],
      when: `${seconds} s after its end`,
      fix: "remove ttlSecondsAfterFinished",
    };
  const annotations = mapAt(object, "metadata", "annotations");
  for (const [tool, policy, instead] of POLICIES) {
    const key = `${tool}/hook-delete-policy`;
    const words = String(annotations[key] ?? "").split(/\s*,\s*/);
    if (annotations[`${tool}/hook`] !== undefined && words.includes(policy))
      return {
        path: ["metadata", "annotations", key],
        when: `when it has succeeded (${policy})`,
        fix: `write ${instead} as ${key}`,
      };
  }
  return undefined;
}

/** Who deletes hooks, the policy that does it too soon, and the one that leaves them until the next. */
const POLICIES = [
  ["helm.sh", "hook-succeeded", "before-hook-creation"],
  ["argocd.argoproj.io", "HookSucceeded", "BeforeHookCreation"],
] as const;
