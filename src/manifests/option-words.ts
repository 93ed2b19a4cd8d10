/** Options of `sluice wait` that take no value; every other one takes the next word, unless it holds `=`. */
export const SWITCHES: ReadonlySet<string> = new Set([
  "--fail-fast",
  "--logs",
  "--insecure-skip-tls-verify",
  "--quiet",
  "--verbose",
  "--color",
  "--no-color",
  "--help",
  "--version",
  "-h",
  "-q",
  "-v",
]);

/** Words that are neither options nor their values. @param switches options that take no value. */
export function positional(words: readonly string[], switches: ReadonlySet<string> = SWITCHES): string[] {
  return words.filter((_, index) => isPositional(words, index, switches));
}

/** Whether the word at an index is neither an option nor the value of one. */
export function isPositional(
  words: readonly string[],
  index: number,
  switches: ReadonlySet<string> = SWITCHES,
): boolean {
  if (words[index]?.startsWith("-")) return false;
  const before = words[index - 1];
  return !(before?.startsWith("-") && !before.includes("=") && !switches.has(before));
}

/** Values of an option, in each of its forms: `--id X`, `--id=X`, `-lX`. */
export function valuesOf(words: readonly string[], names: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    for (const name of names) {
      if (word === name) return words[index + 1] ?? [];
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
      if (/^-[a-z]$/.test(name) && word.startsWith(name)) return word.slice(name.length);
    }
    return [];
  });
}
