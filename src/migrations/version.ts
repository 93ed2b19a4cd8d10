/** The version of a run of digits: without leading zeros, so that 001 and 1 are the same ("0" for zero). */
export function canonicalVersion(digits: string): string {
  return digits.startsWith("0") ? digits.replace(/^0+(?=\d)/, "") : digits;
}

/**
 * Orders canonical versions by number, whatever their length: below 0, 0 or above 0, for `Array.sort`.
 * (A Number loses digits beyond 2^53, and a timestamp with milliseconds is that long.)
 */
export function compareVersions(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
