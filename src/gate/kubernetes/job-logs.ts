import { setTimeout as sleep } from "node:timers/promises";
import { observe } from "../../kubernetes/observe.ts";
import { pods } from "../../kubernetes/resources.ts";
import type { ContainerStatus, Pod } from "../../kubernetes/types.ts";
import type { Cluster } from "./cluster.ts";

/** After a Job has ended its last lines may still be on their way. Milliseconds. */
const LAST_LINES = 10_000;
/** Between two tries to read a log that cannot be read yet. Milliseconds. */
const AGAIN = 1000;

/** The logs of a Job's containers, as they are written. */
export interface JobLogs {
  /** Resolves when the log of every container that has started has come to its end, or after 10 s. */
  drained(): Promise<void>;
}

/**
 * Follows the logs of all pods of a Job, each container from its first line, also those that are tried again.
 * @param job its name.
 * @param write takes a line and the container it is of, "POD/CONTAINER".
 * @param trouble told once where the pods or a log may not be read.
 */
export function followJobLogs(
  cluster: Cluster,
  job: string,
  write: (line: string, container: string) => void,
  trouble: (error: Error) => void,
  signal: AbortSignal,
): JobLogs {
  const { client, namespace } = cluster;
  const begun = new Set<string>();
  const running = new Set<Promise<void>>();
  let told = false;
  const tell = (error: Error) => {
    if (!told && !signal.aborted) trouble(error);
    told = true;
  };

  async function follow(pod: string, container: string): Promise<void> {
    let lines = 0;
    while (!signal.aborted) {
      try {
        let seen = 0;
        for await (const line of client.logs(pod, { namespace, container, follow: true }, signal)) {
          // From its beginning again after a cut: what was written is passed over.
          if (++seen <= lines) continue;
          lines = seen;
          write(line, `${pod}/${container}`);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        tell(error as Error);
        if ((error as { status?: number }).status === 404) return;
        await sleep(AGAIN, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  const look = (pod: Pod) => {
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    for (const status of [...initContainerStatuses, ...containerStatuses]) {
      const key = `${pod.metadata.uid} ${status.name} ${status.restartCount ?? 0}`;
      if (!hasStarted(status) || begun.has(key)) continue;
      begun.add(key);
      const done = follow(pod.metadata.name, status.name);
      running.add(done);
      void done.finally(() => running.delete(done));
    }
  };
  // The label that every version of the Job controller sets (Kubernetes documentation, "Jobs").
  const selection = { namespace, labelSelector: `job-name=${job}` };
  const observer = {
    changed: (items: ReadonlyMap<string, Pod>) => [...items.values()].forEach(look),
    troubled: tell,
  };
  observe<Pod>(client, pods, selection, observer, signal).catch(tell);
  return {
    async drained() {
      const late = new AbortController();
      const limit = sleep(LAST_LINES, undefined, { signal: late.signal }).catch(() => undefined);
      // The Job's end may be known before its pods are: those that nobody has told of yet are read, too.
      const all = client
        .list<Pod>(pods, selection, signal)
        .then(({ items }) => items.forEach(look), tell)
        .then(() => Promise.all(running));
      await Promise.race([all, limit]);
      late.abort();
    },
  };
}

function hasStarted({ state }: ContainerStatus): boolean {
  return state?.running !== undefined || state?.terminated !== undefined;
}
