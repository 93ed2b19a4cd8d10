import type { Found, ManifestRule } from "../checking/rule.ts";
import { endsInRevision, migrationJobs } from "../checking/waiting.ts";
import { type JsonMap, mapAt } from "../json.ts";

export const revisionUnderGitops: ManifestRule = {
  code: "SM008",
  name: "revision-under-gitops",
  title: "A Job is named by the revision, which never changes under GitOps",
  what: "A Job that migrates, or that a gate waits for, whose name ends in `-1`, `-r1` or `-rev1`, in an input that Argo CD or Flux's kustomize-controller handles: an object has an annotation or label below `argocd.argoproj.io/` or `kustomize.toolkit.fluxcd.io/`. A Job that is a hook, or that is deleted and made again when it changes (`Force=true` in `argocd.argoproj.io/sync-options`, `kustomize.toolkit.fluxcd.io/force: enabled`), is left out, and what Flux's helm-controller installs: that counts revisions.",
  why: 'Such tools render a chart as `helm template` does, where `.Release.Revision` is always 1. The next version\'s Job has the same name and another pod template, which cannot be changed ("field is immutable"): the sync fails, or the migration does not run and gates open on the Job of the version before.',
  fix: "Name the Job by a hash of what it runs (the chart's `naming: hash`), or let the gate ask for `schema`.",
  find(look) {
    const isSynced = look.objects.some(({ object }) =>
      [mapAt(object, "metadata", "annotations"), mapAt(object, "metadata", "labels")].some((marks) =>
        Object.keys(marks).some((key) => /^(argocd\.argoproj|kustomize\.toolkit\.fluxcd)\.io\//.test(key)),
      ),
    );
    if (!isSynced) return [];
    return migrationJobs(look).flatMap((subject): Found[] => {
      if (!endsInRevision(subject.name) || isMadeAgain(subject.object)) return [];
      return [
        {
          subject,
          path: [...subject.root, "metadata", "name"],
          message: `the name ends in the revision, which is 1 in every version that Argo CD or Flux renders`,
          fix: `name ${subject.label} by a hash of what it runs`,
        },
      ];
    });
  },
};

/** `Replace=true` alone does not: it is `kubectl replace`, and the pod template of a Job cannot be replaced. */
function isMadeAgain(object: JsonMap): boolean {
  const annotations = mapAt(object, "metadata", "annotations");
  const options = String(annotations["argocd.argoproj.io/sync-options"] ?? "");
  const force = { ...mapAt(object, "metadata", "labels"), ...annotations }[
    "kustomize.toolkit.fluxcd.io/force"
  ];
  return (
    annotations["argocd.argoproj.io/hook"] !== undefined ||
    annotations["helm.sh/hook"] !== undefined ||
    String(force).toLowerCase() === "enabled" ||
    /\bForce=true\b/.test(options)
  );
}
