import { setTimeout as sleep } from "node:timers/promises";
import { observe } from "../../kubernetes/observe.ts";
import { pods } from "../../kubernetes/resources.ts";
import type { ContainerStatus, Pod } from "../../kubernetes/types.ts";
import type { Cluster } from "./cluster.ts";

/** After a container has ended its last lines may still be on their way. Milliseconds. */
const LAST_LINES = 10_000;
/** For those of containers that are only being ended, or go on. Milliseconds. */
const LINES_SO_FAR = 3000;
/** Between two tries to read a log that cannot be read yet. Milliseconds. */
const AGAIN = 1000;

/** The logs of a Job's containers, as they are written. */
export interface JobLogs {
  /** Resolves when all logs have come to their ends; after 10 s at most, and 3 s where containers still run. */
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
  /** By container; resolved where it has been read to its end. */
  const logs = new Map<string, Promise<void>>();
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
    for (const [key, status] of containersOf(pod)) {
      if (hasStarted(status) && !logs.has(key)) logs.set(key, follow(pod.metadata.name, status.name));
    }
  };
  // The label that every version of the Job controller sets (Kubernetes documentation, "Jobs").
  const selection = { namespace, labelSelector: `job-name=${job}` };
  const observer = {
    changed: (items: ReadonlyMap<string, Pod>) => [...items.values()].forEach(look),
    troubled: tell,
  };
  observe<Pod>(client, pods, selection, observer, signal).catch(tell);

  /** The logs of containers that have ended. Of pods, too, that nobody has told of yet: the Job's end may be known before. */
  async function ofEnded(late: AbortSignal): Promise<void> {
    while (!late.aborted) {
      try {
        const { items } = await client.list<Pod>(pods, selection, late);
        items.forEach(look);
        const ended = items.flatMap(containersOf).filter(([, { state }]) => state?.terminated !== undefined);
        await Promise.all(ended.map(([key]) => logs.get(key)));
        return;
      } catch (error) {
        // Where there is no right to it, `observe` has told so.
        if ((error as { status?: number }).status === 403) return;
        await sleep(AGAIN, undefined, { signal: late }).catch(() => undefined);
      }
    }
  }

  return {
    async drained() {
      const late = new AbortController();
      const after = (ms: number) => sleep(ms, undefined, { signal: late.signal }).catch(() => undefined);
      const [end, soon] = [after(LAST_LINES), after(LINES_SO_FAR)];
      await Promise.race([ofEnded(AbortSignal.any([signal, late.signal])), end]);
      await Promise.race([Promise.all(logs.values()), soon]);
      late.abort();
    },
  };
}

/** The state of each container, by what tells one run of it from the next. */
function containersOf({ metadata, status }: Pod): [key: string, status: ContainerStatus][] {
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  return [...initContainerStatuses, ...containerStatuses].map((one) => [
    `${metadata.uid} ${one.name} ${one.restartCount ?? 0}`,
    one,
  ]);
}

function hasStarted({ state }: ContainerStatus): boolean {
  return state?.running !== undefined || state?.terminated !== undefined;
}
