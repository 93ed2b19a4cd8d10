/** Longest wait that a server can ask for. Milliseconds; what is longer is mostly a mistake of a proxy. */
const LONGEST_MS = 10 * 60_000;

/**
 * Milliseconds that a Retry-After header asks to wait: seconds, or a date (RFC 9110, 10.2.3). A date counts from the
 * server's own clock, its Date header, where there is one, so that a wrong clock on either side does not matter.
 * Undefined where there is no header, or one that says nothing.
 */
export function retryAfterMs(
  header: string | null,
  date: string | null,
  now: () => number = Date.now,
): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS);
  const until = Date.parse(text);
  if (text === "" || Number.isNaN(until)) return undefined;
  const sent = Date.parse(date ?? "");
  return Math.min(Math.max(0, until - (Number.isNaN(sent) ? now() : sent)), LONGEST_MS);
}
