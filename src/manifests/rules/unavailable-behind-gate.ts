import type { Found, Look, ManifestRule } from "../checking/rule.ts";
import { type Subject, sameNamespace } from "../checking/subjects.ts";
import { holder, named, numberAt } from "../checking/waiting.ts";
import { at, mapAt } from "../json.ts";

export const unavailableBehindGate: ManifestRule = {
  code: "SM002",
  name: "unavailable-behind-gate",
  title: "A roll-out takes pods away before the new ones are ready",
  what: "`maxUnavailable` above 0 of a Deployment, an Argo `Rollout` (canary) or a DaemonSet whose pods wait for a migration. A percentage counts where it comes to a pod or more of `replicas`, or of the `maxReplicas` of a HorizontalPodAutoscaler that is read too. It is rounded as Kubernetes does: down, of a DaemonSet up; and where `maxSurge` comes to 0 as well, one pod is ended nevertheless. What is not written counts with Kubernetes' default: 25% for a Deployment, 1 for a DaemonSet. A StatefulSet is left out: it always ends a pod before it starts the next.",
  why: "These pods are ended at once, and those that replace them wait for the migration: for as long as it takes, the application has less capacity than it was given, and of a DaemonSet a node has no pod at all.",
  fix: "Write `maxUnavailable: 0` and `maxSurge: 1` or more below `rollingUpdate`.",
  find(look) {
    return look.subjects.flatMap((subject): Found[] => {
      const gate = holder(subject);
      const place = gate === undefined ? undefined : strategyOf(subject);
      if (gate === undefined || place === undefined) return [];
      const written = at(subject.object, place.path) ?? undefined;
      const replicas = mostReplicas(look, subject);
      const count = endedAtOnce(subject, place, written ?? place.standard, replicas);
      if (count < 1) return [];
      const value = written === undefined ? `${place.standard}, the default,` : `${written}`;
      const pods =
        subject.kind === "DaemonSet" ? "a node's pod" : `${count} of ${Math.max(replicas, count)} pods`;
      return [
        {
          subject,
          path: [...subject.root, ...place.path],
          message: `maxUnavailable: ${value} ends ${pods} before new ones are ready, and these are held back by ${named(gate)}`,
          fix: `write maxUnavailable: 0 and maxSurge: 1 below ${place.path.slice(0, -1).join(".")} of ${subject.label}`,
        },
      ];
    });
  },
};

/** Where maxUnavailable stands, and what counts where it is not written. */
interface Place {
  readonly path: readonly string[];
  readonly standard: string | number;
}

function strategyOf({ kind, object }: Subject): Place | undefined {
  const key = "maxUnavailable";
  if (kind === "Deployment" && mapAt(object, "spec", "strategy")["type"] !== "Recreate")
    return { path: ["spec", "strategy", "rollingUpdate", key], standard: "25%" };
  if (kind === "DaemonSet" && mapAt(object, "spec", "updateStrategy")["type"] !== "OnDelete")
    return { path: ["spec", "updateStrategy", "rollingUpdate", key], standard: 1 };
  // Argo Rollouts documentation, "Canary": default 25%.
  if (kind === "Rollout" && mapAt(object, "spec", "strategy")["canary"] !== undefined)
    return { path: ["spec", "strategy", "canary", key], standard: "25%" };
  return undefined;
}

function mostReplicas(look: Look, { kind, name, namespace, object }: Subject): number {
  const scalers = look.objects.filter((one) => {
    const target = mapAt(one.object, "spec", "scaleTargetRef");
    return (
      one.kind === "HorizontalPodAutoscaler" &&
      sameNamespace(one.namespace, namespace) &&
      target["kind"] === kind &&
      target["name"] === name
    );
  });
  const most = scalers.map((one) => numberAt(one.object, "spec", "maxReplicas") ?? 0);
  return Math.max(numberAt(object, "spec", "replicas") ?? 1, ...most);
}

/**
 * Kubernetes API reference: RollingUpdateDeployment rounds maxUnavailable down and maxSurge up, RollingUpdateDaemonSet
 * both up. A Deployment for which both come to 0 could not go on: its controller ends one pod then.
 */
function endedAtOnce({ kind, object }: Subject, { path }: Place, written: unknown, replicas: number): number {
  // Of how many nodes is not known: any percentage is a pod.
  if (kind === "DaemonSet") return Math.ceil(podsOf(written, 1));
  const count = Math.floor(podsOf(written, replicas));
  const surge = at(object, [...path.slice(0, -1), "maxSurge"]) ?? "25%";
  return count === 0 && podsOf(surge, replicas) === 0 && replicas > 0 ? 1 : count;
}

function podsOf(value: unknown, replicas: number): number {
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  if (percent !== undefined) return (Number(percent) * replicas) / 100;
  return typeof value === "number" ? value : 0;
}
