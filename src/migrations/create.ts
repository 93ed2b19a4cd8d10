import { SluiceError } from "../errors.ts";
import { foreignFileName } from "./foreign.ts";
import type { Phase } from "./migration.ts";
import { canonicalVersion, compareVersions } from "./version.ts";

/**
 * Name of a new migration file: the time in UTC, to the second, so that branches rarely choose the same; one above the
 * highest version where a directory is ahead of the clock.
 * @param existing names in the directory.
 * @throws SluiceError SL2052 where the name holds nothing that can stand in a file name.
 */
export function fileNameFor(name: string, existing: readonly string[], now: Date): string {
  const slug = name
    .trim()
    .replace(/\.sql$/i, "")
    .replace(/[\s-]+/g, "_");
  const isUnfit = !/[\p{L}\p{N}]/u.test(slug) || /[/\\\p{Cc}:*?"<>|]/u.test(slug);
  // The reader takes `1_a.up.sql` for another tool's.
  if (isUnfit || foreignFileName(`1_${slug}.sql`) !== undefined)
    throw new SluiceError("SL2052", { params: { name } });
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

/** What a new file holds: nothing that runs. */
export function newMigrationText(phase: Phase): string {
  const directive = phase === "contract" ? "-- sluice: phase=contract\n" : "";
  return `${directive}-- Write the change here.\n\n-- sluice:down\n-- Write what takes it back here, or remove this part if nothing can.\n`;
}
