import { SluiceError } from "../errors.ts";
import { version } from "../version.ts";
import type { KubernetesClient } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Limits } from "./http/transport.ts";
import { createRestClient } from "./rest-client.ts";

export interface ConnectOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Path of one kubeconfig; else KUBECONFIG, ~/.kube/config, the pod's own account: kubectl's order. */
  kubeconfig?: string | undefined;
  context?: string | undefined;
  namespace?: string | undefined;
  warn(text: string): void;
  /** For tests: where the pod's account is mounted. */
  accountFolder?: string | undefined;
  /** For tests: how long to wait. */
  limits?: Partial<Limits> | undefined;
}

/**
 * Finds the API server and the credentials; sends nothing.
 * @throws SluiceError (exit 2) where there is none, or its configuration cannot be used.
 */
export async function connectKubernetes(options: ConnectOptions): Promise<KubernetesClient> {
  if (options.namespace) checkNamespace(options.namespace);
  const { endpoint, namespace } = await findEndpoint(options);
  return createRestClient(endpoint, {
    namespace: checkNamespace(options.namespace || namespace),
    agent: `sluice/${version}`,
    limits: options.limits,
  });
}

/** A namespace is a DNS label (Kubernetes documentation, "Object Names and IDs"): in another one nothing can ever be. */
function checkNamespace(namespace: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) return namespace;
  throw new SluiceError("SL7012", { params: { namespace: JSON.stringify(namespace) } });
}

async function findEndpoint(options: ConnectOptions): Promise<{ endpoint: Endpoint; namespace: string }> {
  const { env, warn } = options;
  const { loadKubeconfig } = await import("./configuration/load.ts");
  const { config, looked } = await loadKubeconfig(options.kubeconfig, env, warn);
  if (config !== undefined || options.context !== undefined) {
    const none = { clusters: new Map(), users: new Map(), contexts: new Map(), currentContext: undefined };
    const { chooseContext } = await import("./configuration/choose.ts");
    const chosen = chooseContext(config ?? none, options.context);
    const { kubeconfigEndpoint } = await import("./configuration/endpoint.ts");
    return {
      endpoint: await kubeconfigEndpoint(chosen, env, warn),
      namespace: chosen.namespace ?? "default",
    };
  }
  const { ACCOUNT_FOLDER, accountEndpoint, inPod } = await import("./service-account.ts");
  if (inPod(env)) return accountEndpoint(env, options.accountFolder ?? ACCOUNT_FOLDER, warn);
  throw new SluiceError("SL7001", {
    notes: [...looked, "KUBERNETES_SERVICE_HOST: not set, so this is no pod"],
  });
}
