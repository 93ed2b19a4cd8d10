import type { MigrationStatus, Status } from "../engine/status.ts";
import { shorten } from "../text/shorten.ts";
import { LONGEST_MESSAGE } from "./error.ts";
import { table } from "./table.ts";

export function statusJson(status: Status): Record<string, unknown> {
  return {
    migrations: status.migrations.map((one) => ({
      version: one.version,
      name: one.name,
      phase: one.phase,
      state: one.state,
      checksum: one.checksum ?? null,
      appliedAt: one.appliedAt?.toISOString() ?? null,
      ...(one.ahead && { ahead: true }),
      ...(one.changed && { changed: true }),
      ...(one.progress && { statementsDone: one.progress.done, statementsTotal: one.progress.total }),
      ...(one.reverting && { reverting: true }),
      ...(one.error !== undefined && { error: one.error }),
    })),
    pending: status.pending,
  };
}

export function statusText(status: Status, target: string): string {
  const rows = status.migrations.map((one) => [
    one.version,
    one.name,
    one.phase,
    stateText(one),
    one.appliedAt?.toISOString().replace(/\.\d+Z$/, "Z") ?? "",
  ]);
  const errors = status.migrations
    .filter((one) => one.error !== undefined)
    .map((one) => `\n${one.version} failed: ${shorten(one.error ?? "", LONGEST_MESSAGE)}`);
  return [
    table(["VERSION", "NAME", "PHASE", "STATE", "APPLIED AT"], rows).trimEnd(),
    ...errors,
    "",
    `${target}: ${summary(status)}`,
  ].join("\n");
}

/** What a person has to act on, and how where it is not simply `sluice migrate`. */
function summary({ pending, failed, changed }: Status): string {
  const open =
    pending === 0 ? "nothing pending" : `${pending} pending${failed > 0 ? ` (${failed} failed)` : ""}`;
  if (changed.length === 0) return open;
  const [files, which] =
    changed.length === 1 ? ["1 file", changed[0]] : [`${changed.length} files`, "VERSION"];
  return `${open}, ${files} changed: restore what was applied, or accept the new text with \`sluice repair checksum ${which}\``;
}

function stateText(one: MigrationStatus): string {
  const progress =
    one.progress && one.progress.done > 0 ? ` (${one.progress.done} of ${one.progress.total})` : "";
  const notes = [
    one.reverting ? "half reverted" : "",
    one.ahead ? "no file" : "",
    one.changed ? "file changed" : "",
  ]
    .filter(Boolean)
    .join(", ");
  return `${one.state}${progress}${notes === "" ? "" : `, ${notes}`}`;
}
