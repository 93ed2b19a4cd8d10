/** The middle one of some numbers, or the mean of the two in the middle. NaN for none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * How many times as much `numbers` are as `base`: the median of the ratios of each round. What slows the whole machine
 * for a while slows both sides of a round, and drops out; in a ratio of medians it would not.
 */
export function medianRatio(numbers: readonly number[], base: readonly number[]): number {
  if (numbers.length !== base.length) throw new RangeError("ratios need the same rounds on both sides");
  return median(numbers.map((number, round) => number / (base[round] ?? Number.NaN)));
}
