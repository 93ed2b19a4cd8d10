import type { KubernetesClient } from "../../kubernetes/client.ts";
import { connectKubernetes } from "../../kubernetes/connect.ts";
import { type Budget, createBudget } from "./budget.ts";

/** What the targets of a gate share on their way to the API server. */
export interface Cluster {
  client: KubernetesClient;
  namespace: string;
  /** For what is asked only to explain, of all targets together. */
  budget: Budget;
  debug(text: string): void;
}

export interface ClusterOptions {
  env: Readonly<Record<string, string | undefined>>;
  kubeconfig?: string | undefined;
  context?: string | undefined;
  namespace?: string | undefined;
  warn(text: string): void;
  debug(text: string): void;
}

/** @throws SluiceError (exit 2) where there is no API server, or its configuration cannot be used. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  return clusterOf(await connectKubernetes(options), options.debug);
}

/** A client that there is already, as the targets take it. */
export function clusterOf(client: KubernetesClient, debug: (text: string) => void): Cluster {
  return { client, namespace: client.namespace, budget: createBudget(), debug };
}
