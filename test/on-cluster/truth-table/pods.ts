import { type PodShape, pod } from "./pod.ts";
import { fieldsInWords, product, type State, type StateObject } from "./state.ts";

/**
 * Pods. By the API reference (PodCondition) a pod can serve when its condition Ready is True; one that is being
 * deleted is on its way out, and in the phases Succeeded and Failed all containers have ended for good, whatever a
 * condition says (Kubernetes documentation, "Pod Lifecycle", "Termination of Pods", "Pod phase").
 */
const PHASES = [undefined, "Pending", "Running", "Succeeded", "Failed", "Unknown"] as const;
const STATUSES = [undefined, "True", "False", "Unknown"] as const;
const kubectl = ["wait", "--for=condition=ready", "pod/{name}", "--timeout=0"];

function byReady(): State[] {
  return product({ phase: PHASES, ready: STATUSES, contained: STATUSES, deleted: [false, true] }).map(
    ({ phase, ready, contained, deleted }) => {
      const conditions = {
        ...(contained && { ContainersReady: contained }),
        ...(ready && { Ready: ready }),
      };
      return {
        group: "Pod: phase and conditions",
        words: `${phase ?? "no phase"}; ${fieldsInWords(conditions)}${deleted ? "; being deleted" : ""}`,
        target: "pod/{name}",
        objects: [pod({ phase, conditions, deleted })],
        opens: ready === "True" && !deleted && phase !== "Succeeded" && phase !== "Failed",
      };
    },
  );
}

/** What keeps a container from running does not matter for the answer, only for what the gate says. */
function byContainer(): State[] {
  const states: Record<string, Record<string, unknown>> = {
    ImagePullBackOff: { waiting: { reason: "ImagePullBackOff" } },
    CrashLoopBackOff: { waiting: { reason: "CrashLoopBackOff" } },
    "terminated, exit code 0": { terminated: { exitCode: 0, reason: "Completed" } },
    "terminated, exit code 1": { terminated: { exitCode: 1, reason: "Error" } },
    OOMKilled: { terminated: { exitCode: 137, reason: "OOMKilled" } },
    running: { running: { startedAt: "2026-01-01T00:00:00Z" } },
  };
  return Object.entries(states).map(([words, container]) => ({
    group: "Pod: container",
    words: `Ready=False; ${words}`,
    target: "pod/{name}",
    objects: [pod({ phase: "Running", conditions: { Ready: "False" }, container })],
    opens: false,
    kubectl,
  }));
}

function byName(): State[] {
  const ready = { phase: "Running", conditions: { Ready: "True" } };
  const labels = { set: "{name}" };
  const selected = (words: string, objects: StateObject[], opens: boolean): State => ({
    group: "Pod: name and selector",
    words,
    target: "pod -l set={name}",
    objects,
    opens,
  });
  const first = pod({ ...ready, labels, name: "{name}-a" });
  const second = (shape: PodShape) => pod({ ...shape, labels, name: "{name}-b" });
  const group = "Pod: name and selector";
  return [
    { group, words: "there is no such pod", target: "pod/{name}", objects: [], opens: false, kubectl },
    {
      group,
      words: "only NAME0 is there, Ready",
      target: "pod/{name}",
      objects: [pod({ ...ready, name: "{name}0" })],
      opens: false,
      kubectl,
    },
    selected("selector: no match", [], false),
    selected("selector: one, Ready", [first], true),
    selected("selector: two, both Ready", [first, second(ready)], true),
    selected("selector: one of two not Ready", [first, second({ phase: "Pending" })], false),
    selected("selector: one of two being deleted", [first, second({ ...ready, deleted: true })], false),
    selected("selector: one of two Failed", [first, second({ phase: "Failed" })], false),
  ];
}

/** All states of pods. */
export function podStates(): State[] {
  return [...byReady(), ...byContainer(), ...byName()];
}
