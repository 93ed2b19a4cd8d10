/** How many requests there may be beside those of the conditions themselves. */
export interface Budget {
  /**
   * Takes requests out, all or none.
   * @param reserve how many must be left for what is more urgent.
   */
  take(requests: number, reserve: number): boolean;
}

const MINUTE = 60_000;
const PER_MINUTE = 2;

/** What may be saved up: a look of two requests at any time, and two more for the moment when a Job has failed. */
const MOST = 4;

/**
 * Two requests a minute on average, over all targets of a gate: two hundred gates must not become a load for the API
 * server when they only want to say more.
 * @param now milliseconds.
 */
export function createBudget(now: () => number = () => performance.now()): Budget {
  let left = MOST;
  let counted = now();
  return {
    take(requests, reserve) {
      const time = now();
      left = Math.min(MOST, left + ((time - counted) / MINUTE) * PER_MINUTE);
      counted = time;
      // A timer may fire a moment early.
      if (left + 0.01 < requests + reserve) return false;
      left -= requests;
      return true;
    },
  };
}
