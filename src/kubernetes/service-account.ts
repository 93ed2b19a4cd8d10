import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { createEndpoint } from "./create-endpoint.ts";
import { createReader } from "./credentials/files.ts";
import { certificateProblem } from "./credentials/pem.ts";
import { staticCredentials } from "./credentials/static.ts";
import type { Endpoint } from "./endpoint.ts";
import { environmentProxy } from "./env-proxy.ts";
import type { Env } from "./proxy.ts";

/** Where Kubernetes mounts a pod's account ("Accessing the Kubernetes API from a Pod"). */
export const ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Whether this runs in a pod, by the variables that kubelet sets. */
export function inPod(env: Env): boolean {
  return (env["KUBERNETES_SERVICE_HOST"] ?? "") !== "" && (env["KUBERNETES_SERVICE_PORT"] ?? "") !== "";
}

/**
 * The API server as the pod's own account reaches it. Token and certificate are read again as they rotate.
 * @throws SluiceError SL7011 without a token, SL7005 without a certificate, SL7010.
 */
export async function accountEndpoint(
  env: Env,
  folder: string,
  warn: (text: string) => void,
): Promise<{ endpoint: Endpoint; namespace: string }> {
  const token = join(folder, "token");
  if (!existsSync(token)) throw new SluiceError("SL7011", { params: { reason: `there is no ${token}` } });
  const host = env["KUBERNETES_SERVICE_HOST"] ?? "";
  const address = `https://${host.includes(":") ? `[${host}]` : host}:${env["KUBERNETES_SERVICE_PORT"]}`;
  if (!URL.canParse(address))
    throw new SluiceError("SL7010", {
      params: { key: "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT", reason: `${address} is no address` },
    });
  const authority = { file: join(folder, "ca.crt"), key: "the cluster's certificate" };
  const ca = createReader(authority, { problem: certificateProblem, warn });
  const credentials = staticCredentials({ token: { file: token, key: "the pod's token" } });
  ca();
  return {
    endpoint: createEndpoint({
      base: address,
      proxy: await environmentProxy(address, env),
      credentials,
      tls: () => ({ ca: ca() }),
    }),
    namespace: env["POD_NAMESPACE"] || namespaceIn(folder) || "default",
  };
}

function namespaceIn(folder: string): string {
  try {
    return readFileSync(join(folder, "namespace"), "utf8").trim();
  } catch {
    return "";
  }
}
