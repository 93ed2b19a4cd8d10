import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SluiceError } from "../../errors.ts";
import { fileReason } from "../../text/file-reason.ts";
import type { Env } from "../proxy.ts";
import type { Entry, Kubeconfig } from "./entries.ts";

export interface Loaded {
  config: Kubeconfig | undefined;
  /** What was looked for, a line each, for the error where nothing is found. */
  looked: string[];
}

/**
 * The kubeconfig as kubectl finds it: the file that was named; else those of KUBECONFIG, merged; else ~/.kube/config.
 * @throws SluiceError SL7002, SL7003.
 */
export async function loadKubeconfig(
  explicit: string | undefined,
  env: Env,
  warn: (text: string) => void,
): Promise<Loaded> {
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  const home = env["HOME"] || (await import("node:os")).homedir();
  const files = explicit
    ? [explicit]
    : listed.length > 0
      ? [...new Set(listed)]
      : [join(home, ".kube", "config")];
  const where = explicit ? "--kubeconfig" : listed.length > 0 ? "KUBECONFIG" : "the home folder";
  const configs: Kubeconfig[] = [];
  const looked = listed.length > 0 || explicit ? [] : ["KUBECONFIG: not set"];
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? "";
      // Nobody named the file in the home folder: where that folder is another user's, or none, it is not ours.
      const absent = code === "ENOENT" || (listed.length === 0 && ["EACCES", "ENOTDIR"].includes(code));
      if (explicit || !absent)
        throw new SluiceError("SL7002", { params: { file, reason: fileReason(cause) }, cause });
      looked.push(`${file} (${where}): ${fileReason(cause)}`);
      if (listed.length > 0) warn(`KUBECONFIG names ${file}, which does not exist`);
      continue;
    }
    const { parseKubeconfig } = await import("./parse.ts");
    const config = await parseKubeconfig(text, file);
    const empty = config.clusters.size + config.users.size + config.contexts.size === 0;
    if (empty) looked.push(`${file} (${where}): it has no cluster`);
    else configs.push(config);
  }
  return { config: configs.length === 0 ? undefined : mergeKubeconfigs(configs), looked };
}

/** The first file that has an entry of a name gives the whole entry, and the first with a current context that. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const merge = (list: "clusters" | "users" | "contexts") =>
    new Map<string, Entry>(configs.toReversed().flatMap((config) => [...config[list]]));
  return {
    clusters: merge("clusters"),
    users: merge("users"),
    contexts: merge("contexts"),
    currentContext: configs.find((config) => config.currentContext !== undefined)?.currentContext,
  };
}
