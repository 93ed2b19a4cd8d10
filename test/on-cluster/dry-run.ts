import { type Manifest, parseManifests } from "../charts/manifests.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";

/** Makes a namespace in which PodSecurity `restricted` is enforced. */
export async function restrictedNamespace({ kubectl }: ControlPlane, name: string): Promise<void> {
  await kubectl(["create", "namespace", name]);
  await kubectl(["label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted"]);
}

/**
 * Throws unless the API server takes the manifests, and the pods that workloads of these kinds make: a workload is taken
 * as it is, and whether its pods may be is decided when there is one.
 */
export async function dryRun(
  { kubectl }: ControlPlane,
  namespace: string,
  text: string,
  kinds: readonly string[],
): Promise<void> {
  const apply = [
    "apply",
    "--dry-run=server",
    "--validate=strict",
    `--namespace=${namespace}`,
    "--filename=-",
  ];
  await kubectl(apply, text);
  const workloads = parseManifests(text).filter(({ kind }) => kinds.includes(kind));
  const pods = workloads
    .map(podTemplate)
    .map(({ metadata, spec: { priorityClassName: _, ...spec } }, index) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, name: `pod-${index}` },
      spec,
    }));
  if (pods.length > 0) await kubectl(apply, JSON.stringify({ apiVersion: "v1", kind: "List", items: pods }));
}

const podTemplate = ({ kind, spec }: Manifest): Manifest =>
  kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template;
