import type { Found, ManifestRule } from "../checking/rule.ts";
import { endsInRevision, migrationHooks } from "../checking/waiting.ts";
import { mapAt, textAt } from "../json.ts";

const key = "helm.sh/hook-delete-policy";

export const hookInTheWay: ManifestRule = {
  code: "SM021",
  name: "hook-in-the-way",
  title: "A hook is left behind, and the next upgrade cannot make it again",
  what: "A hook of Helm that migrates, whose `helm.sh/hook-delete-policy` has not `before-hook-creation` and leaves it behind after a success or after a failure. Without the annotation `before-hook-creation` is Helm's default. A Job whose name ends in a revision (`-1`, `-r1`, `-rev1`), or is generated, is left out; a hook whose command is not known counts where its name says that it migrates.",
  why: "With `hook-succeeded` alone a Job that has failed stays. The next upgrade, which brings the repaired migration, wants to make a Job of the same name and ends with `already exists`: it takes somebody to delete the Job by hand.",
  fix: "Write `before-hook-creation`, alone or beside the others: `before-hook-creation,hook-succeeded`.",
  find(look) {
    return migrationHooks(look).flatMap((job): Found[] => {
      const value = mapAt(job.object, "metadata", "annotations")[key];
      const words = String(value ?? "")
        .split(",")
        .map((word) => word.trim())
        .filter((word) => word !== "");
      if (words.length === 0 || words.includes("before-hook-creation")) return [];
      if (endsInRevision(job.name) || textAt(job.object, "metadata", "name") === undefined) return [];
      const left = [
        ...(words.includes("hook-succeeded") ? [] : ["succeeded"]),
        ...(words.includes("hook-failed") ? [] : ["failed"]),
      ];
      if (left.length === 0) return [];
      return [
        {
          subject: job,
          path: [...job.root, "metadata", "annotations", key],
          message: `${job.label} is left behind when it has ${left.join(" or ")} (${words.join(",")}), and the next upgrade cannot make one of the same name`,
          fix: `write before-hook-creation into ${key} of ${job.label}`,
        },
      ];
    });
  },
};
