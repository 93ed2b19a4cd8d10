import type { Workload } from "../../../kubernetes/types.ts";

/** A pod or a workload that is being deleted. */
export const gone = { deletionTimestamp: "2026-01-01T00:00:00Z" };
/** As the controller of something. */
export const owner = (kind: string, name: string, uid: string) => [
  { apiVersion: "apps/v1", kind, name, uid, controller: true },
];

/** A workload at generation 2. */
export function workload(
  spec: Workload["spec"],
  status: Workload["status"],
  metadata: object = {},
): Workload {
  const selector = { matchLabels: { app: "api" } };
  return {
    metadata: { name: "api", uid: "w", generation: 2, ...metadata },
    spec: { selector, ...spec },
    ...(status && { status }),
  };
}
