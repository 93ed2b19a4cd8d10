import type { Command } from "../peers/peer.ts";

/** Something that waits for a Job to be Complete, and ends then. */
export interface Waiter {
  name: string;
  command(job: string, kubeconfig: string): Command;
}

/** Sluice, and what people use today; each as its documentation shows it. */
export function waiters(sluice: string, kubectl: string): Waiter[] {
  const env = (kubeconfig: string) => ({ KUBECONFIG: kubeconfig });
  const condition = `{.status.conditions[?(@.type=="Complete")].status}`;
  return [
    {
      name: "sluice wait",
      command: (job, kubeconfig) => ({ argv: [sluice, "wait", `job/${job}`], env: env(kubeconfig) }),
    },
    {
      name: "kubectl wait",
      command: (job, kubeconfig) => ({
        argv: [kubectl, "wait", "--for=condition=complete", `job/${job}`, "--timeout=10m"],
        env: env(kubeconfig),
      }),
    },
    {
      name: "loop of kubectl get, 2 s",
      command: (job, kubeconfig) => ({
        argv: [
          "/bin/sh",
          "-c",
          `until [ "$("$0" get job "$1" -o "jsonpath=$2")" = True ]; do sleep 2; done`,
          kubectl,
          job,
          condition,
        ],
        env: env(kubeconfig),
      }),
    },
  ];
}
