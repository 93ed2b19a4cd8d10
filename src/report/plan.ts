import type { Script } from "../databases/database.ts";
import type { Plan } from "../engine/plan.ts";
import type { Migration } from "../migrations/migration.ts";

/** A plan and the parsed files of it. */
export interface PlannedRun {
  plan: Plan;
  scripts: ReadonlyMap<Migration, Script>;
}

/** What `migrate --dry-run` prints: each file, how it would run, and each statement with its place. */
export function planText({ plan, scripts }: PlannedRun, target: string): string {
  if (plan.pending.length === 0) return `Nothing to do on ${target}.`;
  const lines = [`Would apply to ${target}:`];
  for (const migration of plan.pending) {
    const script = scripts.get(migration);
    const { phase } = migration.directives;
    const how = script?.mode === "steps" ? "statement by statement" : "in one transaction";
    lines.push("", `${migration.version} ${migration.name} (${phase}, ${how})`);
    for (const statement of script?.statements ?? []) {
      const alone = statement.alone ? "  [outside a transaction]" : "";
      const [first = "", ...rest] = statement.text.split("\n");
      lines.push(`  ${migration.file}:${statement.line}${alone}`, `    ${first}`);
      lines.push(...rest.map((line) => `    ${line}`));
    }
  }
  return lines.join("\n");
}

export function planJson({ plan, scripts }: PlannedRun): Record<string, unknown> {
  return {
    migrations: plan.pending.map((migration) => {
      const script = scripts.get(migration);
      return {
        version: migration.version,
        name: migration.name,
        file: migration.file,
        phase: migration.directives.phase,
        transaction: script?.mode === "transaction",
        statements: (script?.statements ?? []).map(({ line, text, alone }) => ({
          line,
          text,
          outsideTransaction: alone || undefined,
        })),
      };
    }),
    ahead: plan.ahead.map((row) => row.id),
  };
}
