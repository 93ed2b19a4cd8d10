const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** PostgreSQL's time-outs and timers of JavaScript both end at 2^31 - 1 milliseconds (24 days). */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Milliseconds of `500ms`, `1.5s`, `90s`, `5m`, `1h`, `1h30m` or `0`; undefined for everything else. A number
 * without a unit is refused: PostgreSQL would read milliseconds, and people mean seconds. So is what is
 * longer than 24 days.
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  const number = "(\\d+(?:\\.\\d+)?)";
  const shape = new RegExp(`^(?:${number}h)?(?:${number}m)?(?:${number}s)?(?:${number}ms)?$`);
  const parts = text === "" ? null : shape.exec(text);
  if (parts === null) return undefined;
  let ms = 0;
  for (const [index, unit] of ["h", "m", "s", "ms"].entries())
    ms += Number(parts[index + 1] ?? 0) * (units[unit] ?? 0);
  return ms <= LONGEST_MS ? Math.round(ms) : undefined;
}

/** A duration as people read it: `320ms`, `1.4s`, `2m05s`, `1h02m`. Takes milliseconds; rounds. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole}ms`;
  const tenths = Math.round(whole / 100);
  if (tenths < 600) return `${tenths / 10}s`;
  const seconds = Math.round(whole / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

function two(count: number): string {
  return String(count).padStart(2, "0");
}
