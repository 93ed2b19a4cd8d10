import { pods } from "../../../src/kubernetes/resources.ts";
import type { StateObject } from "./state.ts";

/** What is special about a pod. */
export interface PodShape {
  name?: string;
  phase: string | undefined;
  conditions?: Readonly<Record<string, string>>;
  /** State of its container. */
  container?: Record<string, unknown>;
  labels?: Record<string, string>;
  ownerReferences?: readonly object[];
  /** It is being deleted, and stays so. */
  deleted?: boolean | undefined;
}

/** What pods and pod templates run. */
export const podSpec = { containers: [{ name: "app", image: "app" }] };

/** A pod of one container. */
export function pod(shape: PodShape): StateObject {
  const { name = "{name}", phase, conditions = {}, container, labels, ownerReferences, deleted } = shape;
  return {
    resource: pods,
    object: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        ...(labels && { labels }),
        ...(ownerReferences && { ownerReferences }),
        ...(deleted && {
          finalizers: ["sluice.dev/test"],
          deletionTimestamp: "2026-01-01T00:00:00Z",
          deletionGracePeriodSeconds: 0,
        }),
      } as StateObject["object"]["metadata"],
      spec: podSpec,
      status: {
        ...(phase && { phase }),
        conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })),
        ...(container && {
          containerStatuses: [
            { name: "app", image: "app", imageID: "", ready: false, restartCount: 0, state: container },
          ],
        }),
      },
    },
  };
}
