import { hostname } from "node:os";
import type { Runner } from "../databases/database.ts";
import { version } from "../version.ts";

/**
 * Reads the runner's identity from the environment that the manifests set (downward API). Inside a cluster the host
 * name is the pod's name.
 */
export function runnerFrom(env: Record<string, string | undefined>): Runner {
  const host = hostname();
  return {
    host,
    pod: env["SLUICE_POD"] || (env["KUBERNETES_SERVICE_HOST"] ? host : undefined),
    job: env["SLUICE_JOB"] || undefined,
    image: env["SLUICE_IMAGE"] || undefined,
    release: env["SLUICE_RELEASE"] || undefined,
    version,
  };
}
