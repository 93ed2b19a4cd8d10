import type { ManifestRule } from "../checking/rule.ts";
import { at, mapAt } from "../json.ts";

export const initWithoutSurge: ManifestRule = {
  code: "SM003",
  name: "init-without-surge",
  title: "Pods migrate by themselves, and how many at once is not said",
  what: "A Deployment with an init container that runs `sluice migrate` or `sluice run`, whose `maxSurge` is missing, 0 or a percentage.",
  why: "Every new pod that starts runs the migration. With a percentage, many start at once and queue for the lock, each with a connection of the privileged account; with 0, an old pod must end before the first new one may try, so that a migration that fails costs capacity.",
  fix: "Write `maxSurge: 1` and `maxUnavailable: 0` below `rollingUpdate`: one new pod migrates, and the old ones serve until it is ready. The chart's `sluice.rollout` does so.",
  find(look) {
    return look.subjects.flatMap((subject) => {
      const container = subject.migrators.find(({ isInit, isSidecar }) => isInit && !isSidecar);
      const strategy = mapAt(subject.object, "spec", "strategy");
      if (subject.kind !== "Deployment" || container === undefined || strategy["type"] === "Recreate")
        return [];
      const path = ["spec", "strategy", "rollingUpdate", "maxSurge"];
      const surge = at(subject.object, path);
      if (typeof surge === "number" && surge >= 1) return [];
      const said = surge === undefined || surge === null ? "maxSurge is not written" : `maxSurge is ${surge}`;
      return [
        {
          subject,
          path: [...subject.root, ...path],
          message: `the init container ${container.name} migrates in each new pod, and ${said}`,
          fix: `write maxSurge: 1 and maxUnavailable: 0 below spec.strategy.rollingUpdate of ${subject.label}`,
        },
      ];
    });
  },
};
