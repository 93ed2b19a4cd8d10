import type { MigrationStatus, Status } from "../engine/status.ts";
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
    .map((one) => `\n${one.version} failed: ${one.error}`);
  const summary = status.pending === 0 ? "nothing pending" : `${status.pending} pending`;
  return [
    table(["VERSION", "NAME", "PHASE", "STATE", "APPLIED AT"], rows).trimEnd(),
    ...errors,
    "",
    `${target}: ${summary}`,
  ].join("\n");
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
