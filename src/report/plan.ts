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
    if (script !== undefined) lines.push(...statementsText(migration.file, script));
  }
  return lines.join("\n");
}

/** Lines with each statement of a script and its place. */
export function statementsText(file: string, script: Script): string[] {
  return script.statements.flatMap(({ line, text, alone }) => [
    `  ${file}:${line}${alone ? "  [outside a transaction]" : ""}`,
    ...text.split("\n").map((one) => `    ${one}`),
  ]);
}

export function statementsJson(script: Script): Record<string, unknown>[] {
  return script.statements.map(({ line, text, alone }) => ({
    line,
    text,
    outsideTransaction: alone || undefined,
  }));
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
        statements: script === undefined ? [] : statementsJson(script),
      };
    }),
    ahead: plan.ahead.map((row) => row.id),
  };
}
