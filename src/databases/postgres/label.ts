import { basename } from "node:path";
import type { Migration } from "../../migrations/migration.ts";
import type { ScriptStatement } from "../database.ts";
import { firstWords } from "./analyse.ts";

/**
 * A comment for the beginning of a batch. Who looks at pg_stat_activity, or waits for the runner lock, sees there what
 * is running instead of the bookkeeping around it.
 */
export function label(migration: Migration, statement: ScriptStatement | undefined): string {
  const line = statement?.line ?? migration.upLine;
  return labelLine(`${basename(migration.file)}:${line}: ${statement?.text ?? ""}`);
}

/** The same for a text of one's own. One line in any case: the rest of a name with a line break would be SQL. */
export function labelLine(text: string): string {
  return `-- ${firstWords(text, 200)}\n`;
}

/** What a session runs, for messages: the label where it has one. Takes `query` of pg_stat_activity. */
export function withoutBookkeeping(query: string): string {
  return /^-- ([^\n]*)\n/.exec(query)?.[1] ?? query;
}
