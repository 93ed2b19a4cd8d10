import type { Found, ManifestRule } from "../checking/rule.ts";
import { mapAt } from "../json.ts";

export const noResources: ManifestRule = {
  code: "SM017",
  name: "no-resources",
  title: "A gate or a migration asks for no resources",
  what: "An init container that waits, and a container that migrates, without `resources.requests` and without `resources.limits`.",
  why: "A pod without requests is the first to be ended when a node runs short of memory, in the middle of a migration. A gate without them is refused where a ResourceQuota counts requests, and makes the pod BestEffort where its other containers would not.",
  fix: "Write a little: `resources: { requests: { cpu: 10m, memory: 32Mi }, limits: { memory: 128Mi } }` is enough for a gate, 128Mi to 512Mi for `sluice migrate`.",
  find(look) {
    return look.subjects.flatMap((subject) =>
      [...subject.gates, ...subject.migrators].flatMap((container): Found[] => {
        // In the application's own container (strategy startup) the resources are the application's matter.
        if (!container.isInit && subject.kind !== "Job" && subject.kind !== "CronJob") return [];
        const resources = mapAt(container.map, "resources");
        const has = ["requests", "limits"].some((key) => Object.keys(mapAt(resources, key)).length > 0);
        if (has) return [];
        return [
          {
            subject,
            path: [...container.path, "resources"],
            message: `${container.name} has neither requests nor limits`,
            fix: `give ${container.name} of ${subject.label} resources, such as requests of cpu 10m and memory 32Mi`,
          },
        ];
      }),
    );
  },
};
