import type { Option } from "../cli/option.ts";
import { SluiceError } from "../errors.ts";
import { formatDuration } from "../text/duration.ts";

/** A run's own deadline: shorter than the Job's, so that reason and log outlive it. */
export const deadlineOption = {
  name: "deadline",
  type: "duration",
  default: "0",
  summary: "end after this long with exit 3, as after SIGTERM; 0 is no bound",
} as const satisfies Option;

/**
 * Runs something with a signal that is also aborted when the deadline has passed, with SL4007 as its reason.
 * @param deadline milliseconds; 0 is none.
 */
export async function withDeadline<T>(
  deadline: number,
  signal: AbortSignal,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (deadline === 0) return body(signal);
  const passed = new AbortController();
  const timer = setTimeout(() => {
    passed.abort(new SluiceError("SL4007", { params: { deadline: formatDuration(deadline) } }));
  }, deadline);
  try {
    return await body(AbortSignal.any([signal, passed.signal]));
  } finally {
    clearTimeout(timer);
  }
}
