import type { IndexState } from "../databases/upkeep.ts";
import type { RepairOutcome } from "../engine/repair.ts";
import type { RowRepair, RowState } from "../engine/repair-plan.ts";

/** What a repair is about to change, for the question. */
export function repairText({ version, name, before, after, meaning }: RowRepair, target: string): string {
  return [
    `migration ${version} ${name} on ${target}`,
    `  before: ${before === undefined ? "not in the history" : stateText(before)}`,
    `  after:  ${stateText(after)}`,
    `  ${meaning}`,
  ].join("\n");
}

export function repairJson(
  repair: string,
  { repair: { version, name, before, after }, changed }: RepairOutcome,
  target: string,
): Record<string, unknown> {
  const was = before === undefined ? null : stateJson(before);
  return {
    target,
    repair,
    changed,
    migration: { version, name, before: was, after: changed ? stateJson(after) : (was ?? stateJson(after)) },
  };
}

export function indexRepairText(index: IndexState, target: string): string {
  return [
    `index ${index.schema}.${index.name} of ${index.table} on ${target} is INVALID`,
    ...statementsOf(index).map((statement) => `  ${statement};`),
    ...(index.create === undefined ? ["  left by REINDEX CONCURRENTLY, so it is not built again"] : []),
  ].join("\n");
}

export function indexRepairJson(index: IndexState, target: string): Record<string, unknown> {
  const { schema, name, table } = index;
  return {
    target,
    repair: "index",
    changed: true,
    index: { name: `${schema}.${name}`, table, statements: statementsOf(index) },
  };
}

function statementsOf(index: IndexState): string[] {
  return index.create === undefined ? [index.drop] : [index.drop, index.create];
}

function stateText(row: RowState): string {
  const half = row.state === "running" || row.state === "failed";
  const part = row.reverting ? " of its down part" : "";
  const notes = [
    ...(half ? [`${row.done} of ${row.total} statements${part}`] : []),
    ...(row.statement === undefined ? [] : [`in flight: ${row.statement.replace(/\s+/g, " ")}`]),
    ...(row.checksum === undefined ? [] : [`checksum ${row.checksum.slice(0, 16)}...`]),
  ];
  return [row.state, ...notes].join(", ");
}

function stateJson(row: RowState): Record<string, unknown> {
  return {
    state: row.state,
    checksum: row.checksum ?? null,
    statementsDone: row.done,
    statementsTotal: row.total,
    reverting: row.reverting,
    statement: row.statement ?? null,
  };
}
