import type { PlannedReversal, Reverted } from "../engine/down.ts";
import { formatDuration } from "../text/duration.ts";
import { statementsJson, statementsText } from "./plan.ts";

/** What `down --dry-run` prints. */
export function downPlanText(planned: readonly PlannedReversal[], target: string): string {
  if (planned.length === 0) return `Nothing to revert on ${target}.`;
  const lines = [`Would revert on ${target}:`];
  for (const { row, migration, script, from } of planned) {
    const how = script.mode === "steps" ? "statement by statement" : "in one transaction";
    const source = from === "history" ? ", down part from the history" : "";
    lines.push("", `${row.id} ${row.name} (${row.phase}, ${how}${source})`);
    if (row.reverting !== undefined) lines.push(`  behind statement ${row.reverting.done}, which is done`);
    if (script.statements.length === 0) lines.push("  nothing to run");
    lines.push(...statementsText(migration.file, script));
  }
  return lines.join("\n");
}

export function downPlanJson(planned: readonly PlannedReversal[], target: string): Record<string, unknown> {
  return {
    target,
    migrations: planned.map(({ row, migration, script, from }) => ({
      version: row.id,
      name: row.name,
      phase: row.phase,
      from,
      file: from === "file" ? migration.file : null,
      transaction: script.mode === "transaction",
      statementsDone: row.reverting?.done ?? 0,
      statements: statementsJson(script),
    })),
  };
}

export function downResultText(reverted: readonly Reverted[], target: string): string {
  if (reverted.length === 0) return `Nothing to revert on ${target}.`;
  const duration = reverted.reduce((sum, one) => sum + one.duration, 0);
  const count = `${reverted.length} migration${reverted.length === 1 ? "" : "s"}`;
  return `Reverted ${count} on ${target} in ${formatDuration(duration)}.`;
}

export function downResultJson(reverted: readonly Reverted[], target: string): Record<string, unknown> {
  return {
    target,
    reverted: reverted.map(({ version, name, from, duration }) => ({
      version,
      name,
      from,
      durationMs: duration,
    })),
  };
}
