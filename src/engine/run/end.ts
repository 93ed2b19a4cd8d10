import type { State } from "../../databases/database.ts";
import { SluiceError } from "../../errors.ts";
import type { CommandEnd } from "./child.ts";

export interface Circumstances {
  /** The command as one line, without secrets. */
  line: string;
  /** Exit statuses that may pass by themselves. */
  retryOn: readonly number[];
  /** It was asked to end. */
  interrupted: boolean;
  /** How the lock was lost while it ran; undefined where it was not. */
  lost: string | undefined;
}

export interface Verdict {
  /** What the history keeps; undefined where nothing may be written. */
  record: { state: State; error: string | undefined } | undefined;
  /** The error that the run ends with; takes the last line of the output. */
  error: ((last: string | undefined) => SluiceError) | undefined;
}

/**
 * What the end of a command means. Only exit status 0 of a command that nobody asked to end counts as done: many
 * programs end with 0 when they obey SIGTERM. A try that the next run repeats by itself stays `running` in the
 * history (left half-way), so that `--fail-fast` gates wait for it; `failed` is what needs a person.
 */
export function judgeEnd(end: CommandEnd, circumstances: Circumstances): Verdict {
  const { line, retryOn, interrupted, lost } = circumstances;
  const how =
    end.signal === undefined
      ? `ended with exit status ${end.status}`
      : `was ended by ${end.signal} (${end.status})`;
  if (interrupted) {
    const error = `interrupted by a signal; ${how}`;
    return { record: lost !== undefined ? undefined : { state: "running", error }, error: undefined };
  }
  // Also where the lock was lost: who is killed does not end with 0, so this came first.
  if (end.status === 0) return { record: { state: "applied", error: undefined }, error: undefined };
  if (lost !== undefined) {
    const params = { command: line, reason: lost };
    return { record: undefined, error: () => new SluiceError("SL4212", { params }) };
  }
  const retry = retryOn.includes(end.status);
  return {
    record: { state: retry ? "running" : "failed", error: how },
    error: (last) =>
      new SluiceError(retry ? "SL4211" : "SL4210", {
        params: { command: line, how, last: last === undefined ? "" : `: ${last.slice(0, 300)}` },
      }),
  };
}
