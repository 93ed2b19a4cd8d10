import type { ControlPlane } from "../cluster/control-plane.ts";

/** A kind that an API server does not know by itself. */
export interface CustomKind {
  group: string;
  version: string;
  kind: string;
  /** As in addresses: "rollouts". */
  plural: string;
}

/** Makes the API server take objects of a kind, whatever is in them: as much of its definition as a test needs. */
export async function defineKind(
  { kubectl }: Pick<ControlPlane, "kubectl">,
  { group, version, kind, plural }: CustomKind,
): Promise<void> {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
  await kubectl(["create", "-f", "-"], JSON.stringify(definition));
  await kubectl(["wait", `crd/${plural}.${group}`, "--for=condition=Established", "--timeout=60s"]);
}
