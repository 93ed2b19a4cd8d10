import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type HelmVersion, helm, withoutBlankLines } from "../charts/helm.ts";
import { ensureBuilt } from "../cluster/build.ts";
import { executable, repository } from "../support/executable.ts";
import { startProgram } from "../support/run.ts";

const folder = join(repository, "examples");

/** What the page on plain manifests has `sed` replace to make another release of v1. */
function tagPattern(): RegExp {
  const page = readFileSync(join(folder, "kubectl", "README.md"), "utf8");
  const pattern = /^sed -i -E 's\/(.+)\/\\1v2\/' \*\.yaml$/m.exec(page)?.[1];
  if (pattern === undefined) throw new Error("examples/kubectl/README.md shows no sed");
  return new RegExp(pattern, "gm");
}

/** What the chart of the example application is rendered with, by the name of its golden file. */
export const strategies: Readonly<Record<string, readonly string[]>> = {
  job: [],
  hook: ["--values", "values-hook.yaml"],
  init: ["--values", "values-init.yaml"],
  pipeline: ["--values", "values-pipeline.yaml"],
  "pipeline-job": [
    ...["--values", "values-pipeline.yaml", "--set", "global.sluice.pipeline.job=true"],
    ...["--show-only", "charts/test-app-cli/templates/migrate.yaml"],
  ],
  startup: ["--values", "values-startup.yaml"],
};

/** The golden file of a way to deploy that is rendered. */
export const goldenPath = (name: string): string => join(import.meta.dirname, "golden", `${name}.yaml`);

/** Renders the chart as its README says; throws with Helm's message where it cannot. */
export async function renderTestApp(
  version: HelmVersion,
  chart: string,
  args: readonly string[],
): Promise<string> {
  const given = args.map((arg) => (arg.startsWith("values-") ? join(chart, arg) : arg));
  const call = ["template", "test-app", chart, "--namespace", "test-app", ...given];
  const { status, stdout, stderr } = await helm(version, call);
  if (status !== 0) throw new Error(stderr);
  return withoutBlankLines(stdout);
}

/** The manifests of examples/kubectl, of one release. */
export function plainManifests(release: string): string {
  const files = readdirSync(join(folder, "kubectl")).filter((name) => name.endsWith(".yaml"));
  const text = files.map((name) => readFileSync(join(folder, "kubectl", name), "utf8")).join("");
  return text.replace(tagPattern(), `$1${release}`);
}

/** What Kustomize makes of an overlay of examples/kustomize, with our `sluice` as the function. */
export async function kustomized(release: string): Promise<string> {
  const kustomize = (await ensureBuilt(["kustomize"]))("kustomize");
  const args = ["build", "--enable-alpha-plugins", "--enable-exec", join("overlays", release)];
  const running = await startProgram(kustomize, args, {
    cwd: join(folder, "kustomize"),
    env: { PATH: dirname(executable()) },
  });
  const { code, stdout, stderr } = await running.done;
  if (code !== 0) throw new Error(stderr);
  return stdout;
}
