import { setTimeout as sleep } from "node:timers/promises";
import type { Blog } from "../../examples/blog.ts";
import { cleanUpAfter } from "../../support/cleanup.ts";

/** Sessions that execute a migration right now, as the server sees them; a runner that waits for the lock is none. */
const executing = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE state = 'active' AND query LIKE '%pg_sleep%' AND application_name LIKE 'sluice:%'`;

/** From the upgrade to the statement: a pod is scheduled and started, on a busy machine. */
const BEGIN_MS = 60_000;

export interface Runners {
  /** Settles when one executes the slow migration. */
  begun: Promise<void>;
  /** Ends the watch. @returns the largest number that executed it at the same time. */
  end(): Promise<number>;
}

/** Looks every 50 ms who executes the slow migration. The server may be away in between. */
export function watchRunners(blog: Blog): Runners {
  let most = 0;
  let ended = false;
  const begun = Promise.withResolvers<void>();
  const late = setTimeout(() => begun.reject(new Error("no runner came to the slow migration")), BEGIN_MS);
  const watch = (async () => {
    while (!ended) {
      const [row] = await blog.query(executing).catch(() => []);
      most = Math.max(most, row?.["count"] ?? 0);
      if (most > 0) begun.resolve();
      await sleep(50);
    }
  })();
  const end = async () => {
    ended = true;
    clearTimeout(late);
    await watch;
    return most;
  };
  cleanUpAfter(async () => void (await end()));
  return { begun: begun.promise, end };
}
