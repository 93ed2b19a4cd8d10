import { spawn } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { ensureBuilt } from "../cluster/build.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { tempDir } from "../support/temp.ts";

export type HelmVersion = "helm3" | "helm4";
export const helmVersions: readonly HelmVersion[] = ["helm3", "helm4"];

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

const library = join(import.meta.dirname, "..", "..", "charts", "sluice");

/**
 * A copy of the chart test/charts/NAME with the library in it, as `helm dependency update` would leave it. Removed with
 * the running test, outside of one with the run.
 */
export function consumer(name: string): string {
  const folder = join(tempDir(), name);
  cpSync(join(import.meta.dirname, name), folder, { recursive: true });
  cpSync(library, join(folder, "charts", "sluice"), { recursive: true });
  return folder;
}

/** Runs Helm to its end, without what the user has configured for it. */
export async function helm(
  version: HelmVersion,
  args: readonly string[],
  options: { kubeconfig?: string; values?: object } = {},
): Promise<Finished> {
  const executable = (await ensureBuilt(["helm"]))(version);
  const home = tempDir();
  const given = join(home, "values.yaml");
  if (options.values) writeFileSync(given, stringify(options.values));
  const child = spawn(executable, [...args, ...(options.values ? ["--values", given] : [])], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      KUBECONFIG: options.kubeconfig ?? join(home, "none"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  cleanUpAfter(() => void child.kill());
  const result: Finished = { status: null, stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      result[stream] += text;
    });
  }
  result.status = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return result;
}

type Call = (args: readonly string[], values?: object) => Promise<Finished>;

/** Turns a call of Helm into one that throws, with Helm's words, where Helm fails. */
export function orThrow(call: Call): Call {
  return async (args, values) => {
    const finished = await call(args, values);
    const { status, stderr } = finished;
    if (status !== 0) throw new Error(`helm ${args.join(" ")}: ${status}\n${stderr}`);
    return finished;
  };
}

/** Renders a chart as release `rel` in namespace `ns`; throws with Helm's message where it cannot. */
export async function render(
  version: HelmVersion,
  chart: string,
  values: object = {},
  more: readonly string[] = [],
): Promise<string> {
  const args = ["template", "rel", chart, "--namespace", "ns", ...more];
  const { status, stdout, stderr } = await helm(version, args, { values });
  if (status !== 0) throw new Error(stderr);
  return withoutBlankLines(stdout);
}

/** Helm 4 leaves the blank lines at a template's end, Helm 3 does not. */
export function withoutBlankLines(text: string): string {
  return text.replace(/^[ \t]*\n/gm, "");
}
