import type { KubernetesClient, Selection } from "../../../src/kubernetes/client.ts";
import type { Resource } from "../../../src/kubernetes/resources.ts";
import type { KubernetesObject } from "../../../src/kubernetes/types.ts";
import { type StateObject, withUids } from "./state.ts";

/**
 * Answers list and watch from objects: for states that older API servers hold and this one refuses. Only what a
 * gate calls is there.
 */
export function recordedClient(
  objects: readonly StateObject[],
  uids: ReadonlyMap<string, string>,
): KubernetesClient {
  const client: Pick<KubernetesClient, "server" | "namespace" | "list" | "watch"> = {
    server: "https://recorded.invalid",
    namespace: "recorded",
    async list<T>(resource: Resource, selection: Selection = {}) {
      const items = objects
        .filter((one) => one.resource.plural === resource.plural && matches(one.object, selection))
        .map((one) => withUids(one.object, uids) as T);
      return { items, resourceVersion: "1" };
    },
    async *watch(_resource, _selection, _version, signal) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
  };
  return client as KubernetesClient;
}

function matches({ metadata }: KubernetesObject, { name, labelSelector }: Selection): boolean {
  const labels = (labelSelector ?? "").split(",").filter((one) => one !== "");
  return (
    (name === undefined || metadata.name === name) &&
    labels.every((one) => {
      const [key, value] = one.split("=");
      return metadata.labels?.[key ?? ""] === value;
    })
  );
}
