import { execFile } from "node:child_process";
import type { Verdict } from "../../../src/gate/condition.ts";
import { readIdentities } from "../../../src/gate/identity.ts";
import { clusterOf } from "../../../src/gate/kubernetes/cluster.ts";
import { readTargets, type TargetContext } from "../../../src/gate/targets.ts";
import type { KubernetesClient } from "../../../src/kubernetes/client.ts";

/** A gate that has said nothing by then is hung. Milliseconds. */
const LIMIT = 30_000;

/** What a gate says first about a target: its verdict on the objects as the server lists them. */
export async function firstVerdict(
  target: string,
  identity: readonly string[],
  client: KubernetesClient,
): Promise<{ open: boolean; reason: string }> {
  const [word = "", ...selector] = target.split(" -l ");
  const [read] = readTargets([word], {
    selectors: selector,
    identities: readIdentities(identity),
    wanted: undefined,
  });
  const cluster = clusterOf(client, () => {});
  const open = async () => cluster;
  const condition = await read?.make({
    cluster: { open, close: async () => {} },
  } as unknown as TargetContext);
  const ended = new AbortController();
  try {
    const verdict = await new Promise<Verdict>((resolve, reject) => {
      AbortSignal.timeout(LIMIT).onabort = () => reject(new Error(`${target}: no verdict after ${LIMIT} ms`));
      condition?.watch(resolve, ended.signal).catch(reject);
    });
    return { open: verdict.open, reason: verdict.open ? "" : verdict.reason };
  } finally {
    ended.abort();
  }
}

/** Whether kubectl takes the condition for met: a second opinion, by the field's own tool. */
export function kubectlHolds(kubectl: string, kubeconfig: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    execFile(
      kubectl,
      [`--kubeconfig=${kubeconfig}`, ...args],
      { timeout: LIMIT },
      (error, stdout, stderr) => {
        if (error?.killed) return reject(new Error(`kubectl ${args.join(" ")}: no end after ${LIMIT} ms`));
        // `rollout status --watch=false` always ends with 0, and says it in words.
        if (args[0] === "rollout")
          return resolve(/successfully rolled out|roll out complete/.test(stdout + stderr));
        resolve(error === null);
      },
    );
  });
}
