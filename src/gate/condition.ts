/** What a condition found at one moment. Only `open: true` lets anything through. */
export type Verdict = { open: true; note?: string | undefined } | Closed;

export interface Closed {
  open: false;
  /** Why it does not hold yet, in one line. */
  reason: string;
  /** What is awaited has failed, or can never hold as things are; `--fail-fast` ends on it with this status. */
  failed?: 3 | 5;
  /**
   * The substance of the reason, where that has details which change all the time (counts, back-off times): a gate
   * says a reason again when its topic changes. The reason itself unless told.
   */
  topic?: string;
  /** The next step, where it is known. */
  hint?: string;
  /** What would help, line by line, for a person to copy; said once. */
  advice?: readonly string[];
}

/** Something that a gate waits for. */
export interface Condition {
  /** The target as the user wrote it, without passwords: "schema". */
  target: string;
  /** Looks again and again, and reports each verdict, until the signal is aborted. */
  watch(report: (verdict: Verdict) => void, signal: AbortSignal): Promise<void>;
}
