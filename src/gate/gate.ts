import { SluiceError } from "../errors.ts";
import { formatDuration } from "../text/duration.ts";
import type { Closed, Condition, Verdict } from "./condition.ts";

export interface GateOptions {
  /** Milliseconds; undefined waits for ever. */
  timeout: number | undefined;
  /** End when what is awaited has failed. */
  failFast: boolean;
  signal: AbortSignal;
  /** Called on every change of a reason, and once a minute; the same advice comes only once. */
  say(target: string, reason: string, waited: number, advice?: readonly string[]): void;
  /** Called when a condition that was said to be closed holds, while others do not. */
  opened?(target: string): void;
  /** When all conditions hold, they must go on holding for a random time up to this many milliseconds. */
  jitter?: number | undefined;
  /** Called when that time begins. Milliseconds. */
  pausing?(pause: number): void;
  /** Milliseconds after which a reason that stays is said again; a minute unless told. */
  sayAgain?: number;
}

export interface WaitResult {
  /** A note says what is odd about one that is open. */
  targets: { target: string; state: "open"; note?: string }[];
  /** Milliseconds. */
  waited: number;
}

/** A gate that waits says so at least this often. Milliseconds. */
const SAY_AGAIN = 60_000;

/**
 * Waits until all conditions hold at the same time; what already held is watched on until then.
 * @throws SluiceError SL5001 (exit 124) on the time-out, SL5003 (exit 3) or SL5004 (exit 5) with `failFast`.
 */
export async function waitForAll(
  conditions: readonly Condition[],
  options: GateOptions,
): Promise<WaitResult> {
  const began = performance.now();
  const waited = () => Math.round(performance.now() - began);
  const verdicts = new Map<Condition, Verdict>();
  const said = new Map<Condition, string>();
  const advised = new Set<string>();
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const isClosed = (condition: Condition) => verdicts.get(condition)?.open !== true;

  const sayAll = (condition: Condition) => {
    const verdict = verdicts.get(condition);
    if (verdict === undefined || verdict.open) return;
    said.set(condition, topicOf(verdict));
    const advice = verdict.advice?.join("\n") ?? "";
    const isNew = advice !== "" && !advised.has(advice);
    if (isNew) advised.add(advice);
    options.say(condition.target, verdict.reason, waited(), isNew ? verdict.advice : undefined);
  };
  const reminder = setInterval(
    () => conditions.filter(isClosed).forEach(sayAll),
    options.sayAgain ?? SAY_AGAIN,
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const open = () => {
        if (pause !== undefined) return;
        const left = options.timeout === undefined ? Number.POSITIVE_INFINITY : options.timeout - waited();
        const length = Math.min(Math.random() * (options.jitter ?? 0), left);
        if (!(length > 0)) return resolve();
        options.pausing?.(length);
        pause = setTimeout(resolve, length);
      };
      const report = (condition: Condition, verdict: Verdict) => {
        verdicts.set(condition, verdict);
        if (!conditions.some(isClosed)) return open();
        clearTimeout(pause);
        pause = undefined;
        if (verdict.open) {
          if (said.delete(condition)) options.opened?.(condition.target);
          return;
        }
        if (said.get(condition) !== topicOf(verdict)) sayAll(condition);
        if (options.failFast && verdict.failed !== undefined)
          reject(failure(condition, verdict.reason, verdict.failed));
      };
      options.signal.addEventListener("abort", () => reject(options.signal.reason), { once: true });
      if (options.signal.aborted) reject(options.signal.reason);
      if (options.timeout !== undefined) {
        timer = setTimeout(() => {
          const closed = conditions.filter(isClosed);
          // All hold: only the pause was left, and there is no time for it.
          if (closed.length === 0) resolve();
          else reject(timedOut(closed, verdicts, options));
        }, options.timeout);
      }
      for (const condition of conditions) {
        condition.watch((verdict) => report(condition, verdict), signal).catch(reject);
      }
    });
    return { targets: conditions.map((one) => opened(one, verdicts.get(one))), waited: waited() };
  } finally {
    clearInterval(reminder);
    clearTimeout(timer);
    clearTimeout(pause);
    ended.abort();
  }
}

function topicOf(verdict: Closed): string {
  return verdict.topic ?? verdict.reason;
}

function opened({ target }: Condition, verdict: Verdict | undefined): WaitResult["targets"][number] {
  const note = verdict?.open === true ? verdict.note : undefined;
  return { target, state: "open", ...(note !== undefined && { note }) };
}

function failure(condition: Condition, reason: string, exit: 3 | 5): SluiceError {
  return new SluiceError(exit === 3 ? "SL5003" : "SL5004", { params: { target: condition.target, reason } });
}

function timedOut(
  closed: readonly Condition[],
  verdicts: ReadonlyMap<Condition, Verdict>,
  options: GateOptions,
): SluiceError {
  const hint = closed.map((condition) => verdicts.get(condition)).find(hasHint)?.hint;
  const reasons = closed.map((condition) => {
    const verdict = verdicts.get(condition);
    return `${condition.target}: ${verdict?.open === false ? verdict.reason : "nothing is known yet"}`;
  });
  return new SluiceError("SL5001", {
    params: { timeout: formatDuration(options.timeout ?? 0), reasons: reasons.join("; ") },
    ...(hint !== undefined && { hint }),
  });
}

function hasHint(verdict: Verdict | undefined): verdict is Closed & { hint: string } {
  return verdict?.open === false && verdict.hint !== undefined;
}
