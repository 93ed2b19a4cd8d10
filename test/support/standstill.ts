/** Milliseconds between two ticks, and how late one may be before it counts: timers are never exact. */
const PERIOD = 50;
const SLACK = 20;

/** The gaps between two ticks that were too long, oldest first. */
const gaps: { from: number; to: number }[] = [];
let ticked = performance.now();

/** A timer for each tick, not an interval, which might make up for the missed ones. */
function watch(): void {
  setTimeout(() => {
    const now = performance.now();
    if (now - ticked > PERIOD + SLACK) gaps.push({ from: ticked, to: now });
    ticked = now;
    watch();
  }, PERIOD).unref();
}
watch();

/**
 * For how long this process, and so most likely the machine, stood still since a moment: how late the ticks of a timer
 * were in all, which started with this file. A timed assertion adds it to its limit, `LIMIT + standstillSince(begin)`:
 * then it fails for what the product is slow at, and not for a machine that gave it no time.
 * @param begin by `performance.now()`. @returns milliseconds.
 */
export function standstillSince(begin: number): number {
  const now = performance.now();
  const going = now - ticked > PERIOD + SLACK ? [{ from: ticked, to: now }] : [];
  return [...gaps, ...going].reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to - from - PERIOD, to - begin)),
    0,
  );
}
