import type { Closed, Condition, Verdict } from "../condition.ts";
import { createTeller } from "./trouble.ts";

/** What is known at one moment: a verdict, why nothing is known any more, or nothing yet. */
export type Known = { verdict: Verdict } | { trouble: Closed } | undefined;

/** What the watches of a condition need of it. */
export interface Watching {
  /** Looks once more: there are news. */
  again(): void;
  /** Ends the condition with an error that will not pass. */
  failed(error: unknown): void;
  signal: AbortSignal;
}

/**
 * A condition that looks at one or several watches together, whenever one of them has news.
 * @param start begins the watches, afresh for each wait, and gives what looks at them; what that throws ends the
 * condition.
 */
export function watchingCondition(target: string, start: (watching: Watching) => () => Known): Condition {
  return {
    target,
    watch: (report, signal) =>
      new Promise<void>((resolve, reject) => {
        const teller = createTeller(report, signal);
        signal.addEventListener("abort", () => resolve(), { once: true });
        let look: (() => Known) | undefined;
        const again = () => {
          if (signal.aborted || look === undefined) return;
          try {
            const known = look();
            if (known === undefined) return;
            if ("trouble" in known) teller.trouble(known.trouble);
            else teller.verdict(known.verdict);
          } catch (error) {
            reject(error);
          }
        };
        look = start({ again, failed: reject, signal });
        again();
      }),
  };
}
