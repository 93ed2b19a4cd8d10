import { SluiceError } from "../errors.ts";
import type { Migration, Phase } from "./migration.ts";
import { canonicalVersion, compareVersions } from "./version.ts";

/**
 * Name of a new migration file: the time in UTC, to the second, so that branches rarely choose the same; one above the
 * highest version where a directory is ahead of the clock.
 * @param existing names in the directory.
 * @throws SluiceError SL2052 for a name of other characters than letters (of any script), digits, blanks, `_` and `-`, which
 * mean nothing to a shell, a URL or a YAML file, or without a letter or digit.
 */
export function fileNameFor(name: string, existing: readonly string[], now: Date): string {
  const slug = name
    .trim()
    .replace(/\.sql$/i, "")
    .replace(/[\s-]+/g, "_");
  const isFit = /^[\p{L}\p{M}\p{N}_]+$/u.test(slug) && /[\p{L}\p{N}]/u.test(slug);
  if (!isFit) throw new SluiceError("SL2052", { params: { name } });
  const stamp = now.toISOString().replace(/\D/g, "").slice(0, 14);
  const highest = existing
    .map((file) => /^(\d+)_.*\.sql$/.exec(file)?.[1])
    .filter((digits) => digits !== undefined)
    .map(canonicalVersion)
    .sort(compareVersions)
    .at(-1);
  const version =
    highest !== undefined && compareVersions(highest, stamp) >= 0 ? String(BigInt(highest) + 1n) : stamp;
  return `${version}_${slug}.sql`;
}

const PLACEHOLDER = "-- Write the change here.";

/** What a new file holds: nothing that runs, and what `untouchedLine` knows it by. */
export function newMigrationText(phase: Phase): string {
  const directive = phase === "contract" ? "-- sluice: phase=contract\n" : "";
  return `${directive}${PLACEHOLDER}\n\n-- sluice:down\n-- Write what takes it back here, or remove this part if nothing can.\n`;
}

/**
 * Whether the up part is still the one of `newMigrationText`, whatever directives and blank lines stand around it.
 * @returns the line of the placeholder, from 1; undefined where somebody has written something, be it a comment, or
 * has taken the placeholder away.
 */
export function untouchedLine({ up, upLine }: Pick<Migration, "up" | "upLine">): number | undefined {
  if (!up.includes(PLACEHOLDER)) return undefined;
  const lines = up.split("\n").map((line) => line.trim());
  const said = lines.filter((line) => line !== "" && !/^--+\s*sluice\s*:/i.test(line));
  return said.length === 1 && said[0] === PLACEHOLDER ? upLine + lines.indexOf(PLACEHOLDER) : undefined;
}
