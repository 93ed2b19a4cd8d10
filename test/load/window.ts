import type { Outcome } from "./request.ts";

/** What a window of the load looks like from outside; times in milliseconds. */
export interface Summary {
  requests: number;
  failed: number;
  highestMs: number;
  p50Ms: number;
  p99Ms: number;
  seconds: number;
  /** The first failures, with the second of the window in which they were told. */
  failures: string[];
}

const KEPT = 20;

/** Counts the requests that were sent between two marks. */
export class Window {
  private readonly begun = performance.now();
  private readonly latencies: number[] = [];
  private readonly failures: string[] = [];
  private failed = 0;
  private inFlight = 0;
  private waiting: (() => void)[] = [];

  begin(): void {
    this.inFlight++;
  }

  end(outcome: Outcome, latencyMs: number): void {
    this.inFlight--;
    this.latencies.push(latencyMs);
    if (outcome !== undefined) {
      this.failed++;
      const second = ((performance.now() - this.begun) / 1000).toFixed(1);
      if (this.failures.length < KEPT) this.failures.push(`${second} s: ${outcome}`);
    }
    if (this.inFlight === 0) for (const done of this.waiting.splice(0)) done();
  }

  /** Settles when nothing of the window is in flight. */
  async settled(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  summary(): Summary {
    const sorted = this.latencies.toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
    return {
      requests: sorted.length,
      failed: this.failed,
      highestMs: at(1),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      seconds: Math.round((performance.now() - this.begun) / 100) / 10,
      failures: this.failures,
    };
  }
}
