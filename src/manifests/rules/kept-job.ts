import type { Found, ManifestRule } from "../checking/rule.ts";
import { awaitedByName } from "../checking/waiting.ts";
import { mapAt } from "../json.ts";

const key = "helm.sh/resource-policy";

export const keptJob: ManifestRule = {
  code: "SM020",
  name: "kept-job",
  title: "A Job that outlives its release opens the gate of the next",
  what: "A Job that a gate names (`job/NAME`, or `job -l SELECTOR`) with the annotation `helm.sh/resource-policy: keep`.",
  why: "After `helm uninstall` the finished Job is left. The next `helm install` counts revisions from 1 and makes the same hash of the same image, so that it finds a Job of that name which is Complete: nothing migrates, and the pods start on an empty or restored database.",
  fix: "Take the annotation away, and keep the log where logs are kept. Or let the gate ask the database (`schema`, `run/ID`), which knows what was applied to it.",
  find(look) {
    return [...awaitedByName(look)].flatMap(([job, by]): Found[] => {
      if (mapAt(job.object, "metadata", "annotations")[key] !== "keep") return [];
      return [
        {
          subject: job,
          path: [...job.root, "metadata", "annotations", key],
          message: `helm uninstall leaves ${job.label}, and the pods of ${by.label} of the next installation take it for theirs`,
          fix: `remove ${key} of ${job.label}, or let the gate of ${by.label} wait for schema or run/ID`,
        },
      ];
    });
  },
};
