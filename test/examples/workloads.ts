import { type Manifest, ofKind, parseManifests } from "../charts/manifests.ts";
import { testAppChart } from "./chart.ts";
import { renderTestApp } from "./deployments.ts";

const chart = testAppChart();

/** The objects of the example application's chart, by Helm 4 with these arguments. */
export const rendered = async (...args: string[]): Promise<Manifest[]> =>
  parseManifests(await renderTestApp("helm4", chart, args));

/** Arguments that set values, as text. */
export const set = (values: Record<string, string>): string[] =>
  Object.entries(values).flatMap(([key, value]) => ["--set-string", `${key}=${value}`]);

/** The pod that a workload makes; undefined where it makes none. */
export const podOf = ({ kind, spec }: Manifest): Manifest | undefined =>
  (kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template)?.spec;
/** All containers, init containers first. */
export const containersOf = (manifest: Manifest): Manifest[] => {
  const pod = podOf(manifest);
  return [...(pod?.["initContainers"] ?? []), ...(pod?.["containers"] ?? [])];
};
export const workloadsOf = (manifests: readonly Manifest[]): Manifest[] =>
  manifests.filter(({ kind }) => ["Deployment", "Job", "CronJob"].includes(kind));
export const named = (manifests: readonly Manifest[], kind: string, name: string): Manifest =>
  ofKind(manifests, kind).find(({ metadata }) => metadata.name === name) as Manifest;
