import type { ManifestRule } from "../checking/rule.ts";
import { holder, named } from "../checking/waiting.ts";
import { textAt } from "../json.ts";
import { acceptsDowntime, downtimeAnnotation } from "../metadata.ts";

export const recreateBehindGate: ManifestRule = {
  code: "SM001",
  name: "recreate-behind-gate",
  title: "Old pods are ended before the new ones may start",
  what: "A Deployment with `strategy: { type: Recreate }` whose pods wait for a migration: at a gate for `schema`, `run/ID` or a Job, or in an init container that migrates.",
  why: "`Recreate` ends all old pods first. The new ones then wait until the migration is done, and nobody serves for that long; where it fails, nobody serves until somebody has repaired it.",
  fix: "Use `RollingUpdate` with `maxUnavailable: 0`. Where the application must not run twice, and may be down, say so: the annotation `sluice.dev/downtime: accepted` on the Deployment takes the finding away.",
  find(look) {
    return look.subjects.flatMap((subject) => {
      const gate = holder(subject);
      if (subject.kind !== "Deployment" || gate === undefined) return [];
      if (textAt(subject.object, "spec", "strategy", "type") !== "Recreate") return [];
      if (acceptsDowntime(subject)) return [];
      return [
        {
          subject,
          path: [...subject.root, "spec", "strategy", "type"],
          message: `Recreate ends the old pods first, and nothing serves while the new ones are held back by ${named(gate)}`,
          fix: `set strategy.type of ${subject.label} to RollingUpdate with maxUnavailable: 0, or annotate it with ${downtimeAnnotation}: accepted`,
        },
      ];
    });
  },
};
