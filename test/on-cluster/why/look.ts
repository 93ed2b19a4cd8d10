import { connectKubernetes } from "../../../src/kubernetes/connect.ts";
import { jobs, pods } from "../../../src/kubernetes/resources.ts";
import type { ContainerStatus, Job, Pod } from "../../../src/kubernetes/types.ts";
import { until } from "../../cluster/readiness.ts";
import type { Running } from "../../support/run.ts";
import type { Place } from "../real-fixture.ts";

/** For what the cluster does by itself, also where it has much else to do. Milliseconds. */
const LIMIT_MS = 120_000;

/** What a trap looks at in a release, whoever wrote it. */
export interface Look {
  /** The application's pods that are not being ended, oldest first. */
  pods(): Promise<readonly Pod[]>;
  jobs(): Promise<readonly Job[]>;
  /** Follows the log of a pod's gate from its beginning, as soon as there is one. The newest pod unless named. */
  gate(pod?: string): Promise<Running>;
  /** When the last line of a log was written, milliseconds. */
  lastLine(pod: string, container: string): Promise<number>;
}

/** @param selector of the application's pods. @param gate name of the init container. */
export async function lookAt(at: Place, selector: string, gate: string): Promise<Look> {
  const { kubeconfig } = at.it;
  const client = await connectKubernetes({ env: {}, kubeconfig, namespace: at.namespace, warn: () => {} });
  const own: Look = {
    async pods() {
      const { items } = await client.list<Pod>(pods, { labelSelector: selector });
      return items
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .sort((a, b) => (born(a) < born(b) ? -1 : 1));
    },
    jobs: async () => (await client.list<Job>(jobs)).items,
    async gate(name) {
      const pod = await until("the gate has begun", async () =>
        (await own.pods()).findLast(
          (one) => (name ?? one.metadata.name) === one.metadata.name && hasBegun(gateOf(one)),
        ),
      );
      return at.follow(pod.metadata.name, gate);
    },
    async lastLine(pod, container) {
      const log = await at.kubectl(`logs ${pod} --container=${container} --timestamps --tail=1`);
      // Nanoseconds are more than a Date reads everywhere.
      return Date.parse(`${log.slice(0, "2026-01-01T00:00:00.000".length)}Z`);
    },
  };
  return own;
}

/** One that ends at once is perhaps never seen running. */
const hasBegun = ({ state, lastState }: ContainerStatus = { name: "" }): boolean =>
  (state?.running ?? state?.terminated ?? lastState?.terminated) !== undefined;

const born = ({ metadata }: Pod): string => metadata.creationTimestamp ?? "";

/** What the kubelet says of a pod's first init container. */
export const gateOf = (pod: Pod) => pod.status?.initContainerStatuses?.[0];

export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** Resolves when all pods of the application are ready, of which there are so many. */
export async function allReady(look: Look, count: number): Promise<readonly Pod[]> {
  const ready = async () => {
    const pods = await look.pods();
    return pods.length === count && pods.every(isReady) && pods;
  };
  return until(`${count} pods are ready`, ready, { timeoutMs: LIMIT_MS });
}

/** Resolves when a Job has ended so. */
export async function jobIs(look: Look, type: "Complete" | "Failed"): Promise<Job> {
  const found = async () =>
    (await look.jobs()).find(({ status }) =>
      status?.conditions?.some((one) => one.type === type && one.status === "True"),
    );
  return until(`a Job is ${type}`, found, { timeoutMs: LIMIT_MS });
}
