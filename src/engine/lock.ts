import type { Connection, LockHolder } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import { formatDuration } from "../text/duration.ts";
import { pauseFor } from "./connect.ts";
import type { Listener } from "./events.ts";

export interface LockOptions {
  /** Milliseconds to wait for the lock. */
  lockWait: number;
  /** What to do with a session whose runner is gone and whose statement still runs. */
  orphans: "wait" | "cancel";
  signal: AbortSignal;
  on: Listener;
}

/** A waiting runner says who holds the lock when that changes, and at least this often. Milliseconds. */
const SAY_AGAIN = 60_000;

/** A session is ended as an orphan when it was seen to be one for longer than this. Milliseconds. */
const ORPHAN_FOR = 5000;
/** Of the time between two looks not more counts: who looks may have stood still. Milliseconds. */
const LONGEST_PAUSE = 3000;

/**
 * Polls the runner lock, and the history with it: who waits for work that another runner has done meanwhile is
 * finished without ever holding the lock.
 * @param idle looks whether there is nothing left to do.
 * @returns whether the lock was taken; false means that nothing is left to do.
 * @throws SluiceError SL4031 (exit 75) when `lockWait` has passed.
 */
export async function acquireLock(
  connection: Connection,
  idle: () => Promise<boolean>,
  options: LockOptions,
): Promise<boolean> {
  const began = performance.now();
  const waited = () => performance.now() - began;
  let said: { what: string; at: number } | undefined;
  const orphanFor = orphanClock();
  for (let pause = 50; ; pause = Math.min(2000, pause * 1.5)) {
    options.signal.throwIfAborted();
    if (await connection.tryLock()) {
      options.on({ type: "lock-taken", waited: waited() });
      return true;
    }
    if (await idle()) return false;
    const holder = await connection.lockHolder();
    const what = `${holder?.pid} ${holder?.query} ${holder?.orphan}`;
    if (orphanFor(holder) > ORPHAN_FOR && holder && options.orphans === "cancel") {
      await connection.endOrphan(holder.pid);
      options.on({ type: "orphan-ended", holder });
    }
    if (waited() > options.lockWait) {
      throw new SluiceError("SL4031", {
        params: { waited: formatDuration(waited()) },
        ...(holder && { notes: [`held by pid ${holder.pid} (${holder.application})`] }),
      });
    }
    if (
      holder !== undefined &&
      (said === undefined || what !== said.what || waited() - said.at > SAY_AGAIN)
    ) {
      if (said === undefined || waited() - said.at > 1000) {
        said = { what, at: waited() };
        options.on({ type: "lock-waiting", holder, waited: waited() });
      }
    }
    await pauseFor(
      Math.min(pause * (0.5 + Math.random()), Math.max(1, options.lockWait - waited() + 1)),
      options.signal,
    );
  }
}

/**
 * For how long the holder was an orphan, look by look: where all stood still for a while (a machine that was suspended, a
 * database that was paused) its runner is given time to show that it is alive. Takes who holds the lock now.
 */
function orphanClock(): (holder: LockHolder | undefined) => number {
  let last: { pid: number; at: number; ms: number } | undefined;
  return (holder) => {
    const at = performance.now();
    if (!holder?.orphan) last = undefined;
    else if (last?.pid !== holder.pid) last = { pid: holder.pid, at, ms: 0 };
    else last = { pid: last.pid, at, ms: last.ms + Math.min(at - last.at, LONGEST_PAUSE) };
    return last?.ms ?? 0;
  };
}
