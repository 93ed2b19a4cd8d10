import { createInterface } from "node:readline";
import { isatty } from "node:tty";
import type { Output } from "../report/output.ts";

/** Whether a person sits at standard input and sees standard error. */
export function canAsk(): boolean {
  return isatty(0) && isatty(2);
}

/**
 * Asks a question that is answered by y or yes; every other answer, and the end of the input, means no.
 * @throws the signal's reason when it is aborted.
 */
export async function ask(question: string, stderr: Output, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  stderr.write(`${question} [y/N] `);
  // No `output`: the terminal edits the line, and Ctrl-C stays a signal.
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve(""));
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    lines.close();
    process.stdin.pause();
  }
}
