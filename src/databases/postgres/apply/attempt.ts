import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "../../../errors.ts";
import { formatDuration } from "../../../text/duration.ts";
import type { ApplyOptions } from "../../database.ts";
import { describeBlocker } from "../blocker.ts";
import { SQLSTATE } from "../sqlstate.ts";
import { Passing } from "./context.ts";

/** First and longest pause between two tries, in milliseconds; doubled each time, with jitter of half. */
const FIRST = 250;
const LONGEST = 15_000;

/**
 * Repeats what failed for a passing reason: in between, the statements of others that had queued up behind the
 * waiting lock go through.
 * @throws SluiceError SL4030 when the budget is used up.
 */
export function retrying(options: ApplyOptions): <T>(what: () => Promise<T>) => Promise<T> {
  return async (what) => {
    const end = performance.now() + options.lockBudget;
    for (let pause = FIRST; ; pause = Math.min(LONGEST, pause * 2)) {
      try {
        return await what();
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        const blockers = error.blockers.map(describeBlocker);
        const reason = reasonOf(error);
        const delay = Math.round(pause * (0.5 + Math.random()));
        if (performance.now() + delay > end) {
          throw new SluiceError("SL4030", {
            params: { reason, budget: formatDuration(options.lockBudget) },
            notes: blockers,
            cause: error,
          });
        }
        options.onRetry({ reason, delay, blockers });
        await sleep(delay, undefined, { signal: options.signal }).catch(() =>
          options.signal.throwIfAborted(),
        );
      }
    }
  };
}

function reasonOf(error: Passing): string {
  if (error.sqlstate === SQLSTATE.deadlock) return "the server ended a deadlock";
  if (error.sqlstate === SQLSTATE.serializationFailure) return "the server found a serialization conflict";
  return "a lock was not free within the lock timeout";
}
