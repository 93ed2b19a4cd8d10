import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "../cluster/build.ts";
import { executable } from "../support/executable.ts";
import { type Finished, startProgram } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";
import type { Cluster } from "./support.ts";

/** What somebody types. */
export interface Typed {
  script: string;
  /** Default: an empty folder. */
  cwd?: string;
  /** What is exported beside the kubeconfig. */
  env?: Readonly<Record<string, string>>;
}

/**
 * Types lines into a shell as a reader of our pages or a step of CI has it: helm, kubectl, kustomize and sluice on the
 * PATH, a kubeconfig, nothing else of ours. The first line that fails ends it.
 */
export async function type(it: Cluster, { script, cwd = tempDir(), env = {} }: Typed): Promise<Finished> {
  const home = tempDir();
  const built = await ensureBuilt(["helm", "kubernetes", "kustomize"]);
  symlinkSync(built("helm4"), join(home, "helm"));
  for (const name of ["kubectl", "kustomize"]) symlinkSync(built(name), join(home, name));
  symlinkSync(executable(), join(home, "sluice"));
  const PATH = `${home}:${process.env["PATH"]}`;
  const all = { PATH, HOME: home, KUBECONFIG: it.kubeconfig ?? "", ...env };
  return (await startProgram("bash", ["-eu", "-c", script], { cwd, env: all })).done;
}
