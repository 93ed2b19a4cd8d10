import { endpointSlices } from "../../kubernetes/resources.ts";
import type { EndpointSlice } from "../../kubernetes/types.ts";
import type { Condition, Verdict } from "../condition.ts";
import type { Cluster } from "./cluster.ts";
import { queryCondition } from "./follow.ts";
import { isDeleted } from "./states.ts";

/** The label that every EndpointSlice of a Service has (Kubernetes documentation, "EndpointSlices"). */
const SERVICE = "kubernetes.io/service-name";

/** Opens when an endpoint of the Service is ready. The Service itself is not read: a right less. */
export function serviceCondition(target: string, cluster: Cluster, name: string): Condition {
  const { namespace } = cluster;
  const query = { resource: endpointSlices, selection: { namespace, labelSelector: `${SERVICE}=${name}` } };
  const rights = { needs: [{ resource: endpointSlices }], namespace, role: `sluice-wait-service-${name}` };
  return queryCondition<EndpointSlice>(target, cluster, query, rights, () => ({
    judge: (items) => judgeService([...items.values()], name, namespace),
  }));
}

/**
 * The rule for a Service: some endpoint has an address and is ready. The API documentation lets a consumer take a
 * `ready` that is missing for true; here missing information opens nothing. One that is being ended does not count,
 * also where the Service publishes addresses that are not ready.
 */
export function judgeService(slices: readonly EndpointSlice[], name: string, namespace: string): Verdict {
  const own = slices.filter((one) => one.metadata.labels?.[SERVICE] === name && !isDeleted(one));
  if (own.length === 0) {
    const reason = `there is no EndpointSlice of a Service ${name} in the namespace ${namespace} yet`;
    return { open: false, reason };
  }
  const endpoints = own.flatMap((one) => one.endpoints ?? []);
  const isReady = endpoints.some(
    ({ addresses, conditions }) =>
      conditions?.ready === true && conditions.terminating !== true && (addresses?.length ?? 0) > 0,
  );
  if (isReady) return { open: true };
  if (endpoints.length === 0)
    return { open: false, reason: "the Service has no endpoint: no pod matches it yet" };
  const ending = endpoints.filter(({ conditions }) => conditions?.terminating === true).length;
  const unsaid = endpoints.filter(({ conditions }) => conditions?.ready == null).length;
  const details = [
    ...(ending > 0 ? [`${ending} of them ${ending === 1 ? "is" : "are"} being ended`] : []),
    ...(unsaid > 0 ? [`of ${unsaid} it is not said whether ready`] : []),
  ];
  const topic = `none of its endpoints is ready${ending > 0 ? ", some are being ended" : ""}`;
  const count =
    endpoints.length === 1
      ? "its only endpoint is not ready"
      : `none of its ${endpoints.length} endpoints is ready`;
  return { open: false, reason: [count, ...details].join("; "), topic };
}
