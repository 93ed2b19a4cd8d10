import { setTimeout as sleep } from "node:timers/promises";
import type { Condition, Verdict } from "./condition.ts";

/** Between two tries, in milliseconds, plus or minus 20 %: the first pause, and the longest. */
const FIRST = 250;
const LONGEST = 3000;

/**
 * A condition that is asked for again and again: soon at first, then every 3 s, with jitter so that many gates do not
 * ask at once. What holds is asked for on as long as others do not.
 * @param probe one try; what it throws keeps the condition closed, with the error's message as reason.
 */
export function polledCondition(target: string, probe: (signal: AbortSignal) => Promise<Verdict>): Condition {
  return {
    target,
    async watch(report, signal) {
      for (let pause = FIRST; !signal.aborted; pause = Math.min(LONGEST, pause * 1.5)) {
        const verdict = await probe(signal).catch(
          (error: unknown): Verdict => ({
            open: false,
            reason: error instanceof Error ? error.message : String(error),
          }),
        );
        if (signal.aborted) return;
        report(verdict);
        const milliseconds = (verdict.open ? LONGEST : pause) * (0.8 + Math.random() * 0.4);
        await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

/** The sentence for a failed connection, by the code that Node.js and Bun give it. */
export function connectionProblem(error: unknown, address: string): string {
  const one = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const { code, message } = one as { code?: unknown; message?: string };
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: `nothing listens on ${address}`,
    ENOTFOUND: `the name of ${address} cannot be resolved`,
    EAI_AGAIN: `the name of ${address} cannot be resolved`,
    ETIMEDOUT: `${address} does not answer (a firewall or a network policy looks like this)`,
    EHOSTUNREACH: `there is no route to ${address}`,
    ENETUNREACH: `there is no route to ${address}`,
    ECONNRESET: `${address} closed the connection`,
  };
  return known[String(code)] ?? `${address} cannot be reached: ${message || String(code ?? error)}`;
}
