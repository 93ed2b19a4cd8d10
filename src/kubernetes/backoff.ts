/** Milliseconds. */
const FIRST = 100;
/** With jitter still below the 2 s in which a gate opens once the API is back. */
export const LONGEST = 1500;

/** Delays that double, with jitter, so that many clients do not come back together. */
export interface Backoff {
  /** The next delay, never below what the server asked for. */
  next(retryAfter?: number): number;
  reset(): void;
}

export function createBackoff(random: () => number = Math.random): Backoff {
  let step = FIRST;
  return {
    next(retryAfter = 0) {
      const delay = step * (0.5 + random() / 2);
      step = Math.min(step * 2, LONGEST);
      return retryAfter > 0 ? retryAfter + delay : delay;
    },
    reset() {
      step = FIRST;
    },
  };
}
