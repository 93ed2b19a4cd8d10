/** Of a failed test, at most. */
const FAILURE_LINES = 60;

/** How many tests passed, failed or were skipped, as `bun test` says at its end; 0 where it says nothing. */
export function countIn(output: string, word: "pass" | "fail" | "skip"): number {
  return Number(new RegExp(`^ *(\\d+) ${word}$`, "m").exec(output)?.[1] ?? 0);
}

/** Each failed test with the lines above it, back to the test before: the reason, and then its name. */
export function failuresIn(output: string): string[] {
  const all = output.split("\n");
  // Of many tests the failed ones are named again at the end.
  const summary = all.findLastIndex((line) => /^\d+ tests? failed:$/.test(line));
  const lines = summary === -1 ? all : all.slice(0, summary);
  return lines.flatMap((line, end) => {
    if (!line.startsWith("(fail) ")) return [];
    const before = lines.slice(0, end).findLastIndex((other) => /^\((pass|skip|fail)\) |\.ts:$/.test(other));
    return [lines.slice(Math.max(before + 1, end - FAILURE_LINES), end + 1).join("\n")];
  });
}
