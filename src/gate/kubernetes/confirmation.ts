import type { Verdict } from "../condition.ts";

/** Between two questions while the answer is not the one that was expected. Milliseconds. */
const AGAIN = 3000;

/** A second look before a gate opens. */
export interface Confirmation {
  /**
   * The answer of the second look, which is begun by the first call; undefined while it is not there, an Error where
   * it could not be had.
   */
  of(ask: () => Promise<Verdict>): Verdict | Error | undefined;
  /** What was confirmed does not hold any more. */
  forget(): void;
}

/**
 * A roll-out is judged by several watches, and each of them may be behind the others: by a moment, or, where its
 * connection fell silent, by a minute. Each one alone can keep the gate closed by being late; but together they must
 * not open it. So what they open is asked for once more, in lists.
 * @param again judges once more, when there is an answer.
 */
export function createConfirmation(again: () => void, signal: AbortSignal): Confirmation {
  let answer: Verdict | Error | undefined;
  /** Of the question that is open; an answer to an earlier one does not count. */
  let asked: object | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const forget = () => {
    clearTimeout(timer);
    answer = undefined;
    asked = undefined;
  };
  signal.addEventListener("abort", forget, { once: true });
  return {
    of(ask) {
      if (asked !== undefined) return answer;
      const question = {};
      asked = question;
      const take = (value: Verdict | Error) => {
        if (asked !== question || signal.aborted) return;
        answer = value;
        const isOpen = !(value instanceof Error) && value.open;
        if (!isOpen)
          timer = setTimeout(() => {
            forget();
            again();
          }, AGAIN);
        again();
      };
      ask().then(take, (error: unknown) => take(error instanceof Error ? error : new Error(String(error))));
      return undefined;
    },
    forget,
  };
}
