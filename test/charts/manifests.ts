import { parseAllDocuments } from "yaml";
import { type HelmVersion, render } from "./helm.ts";

export interface Manifest {
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: a manifest of any kind
  [key: string]: any;
}

/** The objects of a rendered chart. */
export const parseManifests = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest)
    .filter((manifest) => manifest !== null);

/** Renders a chart with these values below `global.sluice`. */
export async function rendered(
  chart: string,
  sluice: object,
  more: readonly string[] = [],
  version: HelmVersion = "helm3",
): Promise<Manifest[]> {
  return parseManifests(await render(version, chart, { global: { sluice } }, more));
}

export const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);

/** Name of the first Job. */
export const jobName = (manifests: readonly Manifest[]): string =>
  ofKind(manifests, "Job")[0]?.["metadata"].name;

/** The gate of each workload. */
export const gates = (manifests: readonly Manifest[]): Manifest[] =>
  manifests
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .map((manifest) =>
      manifest["spec"].template.spec.initContainers.find(
        (container: Manifest) => container["name"] === "sluice-gate",
      ),
    );
