import type { ExitStatus } from "../errors.ts";

/** What each exit status means, for the help and the reference; commands may say it more exactly. */
export const exitMeanings: Readonly<Record<ExitStatus | 0, string>> = {
  0: "done, or nothing to do",
  1: "findings",
  2: "wrong usage or configuration",
  3: "failed; the failing file left nothing behind",
  4: "failed half-way; needs a person",
  5: "conflict with the history",
  69: "database or API unreachable",
  70: "a bug in Sluice",
  75: "the lock was not obtained in time",
  124: "the time given to wait has passed",
  130: "interrupted (SIGINT)",
  143: "asked to end (SIGTERM)",
};

/** Rows for the `exits` of a command, with the usual meanings. */
export function exits(...statuses: (ExitStatus | 0)[]): { status: number; meaning: string }[] {
  return statuses.map((status) => ({ status, meaning: exitMeanings[status] }));
}
