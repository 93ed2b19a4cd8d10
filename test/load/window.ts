import type { Outcome } from "./request.ts";

/** What a window of the load looks like from outside; times in milliseconds. */
export interface Summary {
  requests: number;
  failed: number;
  highestMs: number;
  p50Ms: number;
  p99Ms: number;
  /** How late a request was sent at most: how long the generator itself, and so its machine, stood still. */
  lateMs: number;
  seconds: number;
  /** The first failures, with the second of the window in which they were told. */
  failures: string[];
}

/** The requests that were sent between two marks. */
export interface Window {
  /** Counts a request that was sent so late, whose outcome and latency are told when they are known. Milliseconds. */
  add(request: Promise<{ outcome: Outcome; latencyMs: number }>, lateMs: number): void;
  /** Settles when none of the window is in flight. */
  settled(): Promise<Summary>;
}

const KEPT = 20;

export function openWindow(): Window {
  const begun = performance.now();
  const latencies: number[] = [];
  const failures: string[] = [];
  const inFlight = new Set<Promise<void>>();
  let failed = 0;
  let highestLateMs = 0;
  const secondsSince = () => Math.round((performance.now() - begun) / 100) / 10;

  function summary(): Summary {
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
    const figures = { highestMs: at(1), p50Ms: at(0.5), p99Ms: at(0.99), lateMs: Math.round(highestLateMs) };
    return { requests: sorted.length, failed, ...figures, seconds: secondsSince(), failures };
  }

  return {
    add(request, lateMs) {
      highestLateMs = Math.max(highestLateMs, lateMs);
      const counted = request.then(({ outcome, latencyMs }) => {
        latencies.push(latencyMs);
        if (outcome !== undefined && ++failed <= KEPT) failures.push(`${secondsSince()} s: ${outcome}`);
        inFlight.delete(counted);
      });
      inFlight.add(counted);
    },
    async settled() {
      await Promise.all(inFlight);
      return summary();
    },
  };
}
