import { SluiceError } from "../errors.ts";

/**
 * Checks the ID of a run, as the user typed it.
 * @throws SluiceError SL4203 (exit 2) for one that is empty, too long, or has blanks or control characters in it.
 */
export function checkRunId(text: string): string {
  if (/^[^\s\p{Cc}]{1,200}$/u.test(text)) return text;
  throw new SluiceError("SL4203", { params: { text: JSON.stringify(text) } });
}
