import { type Database, type History, Migrating } from "../databases/database.ts";
import type { Condition, Verdict } from "./condition.ts";

/** Between two reads, in milliseconds, plus or minus 20 %. */
const INTERVAL = 5000;

/**
 * A condition on what the history says. A history that cannot be read keeps it closed.
 * @param target as the user wrote it.
 * @param judge the rule, apart from where the history comes from.
 */
export function historyCondition(
  target: string,
  database: Database,
  judge: (history: History) => Verdict,
): Condition {
  return {
    target,
    async watch(report, signal) {
      const reader = database.reader();
      let trouble = 0;
      try {
        while (!signal.aborted) {
          const verdict = await look();
          if (signal.aborted) return;
          report(verdict);
          const interval = trouble > 0 ? Math.min(INTERVAL, 500 * 2 ** trouble) : INTERVAL;
          await reader.pause(interval * (0.8 + Math.random() * 0.4), signal);
        }
      } finally {
        await reader.close();
      }

      async function look(): Promise<Verdict> {
        try {
          const verdict = judge(await reader.read());
          trouble = 0;
          return verdict;
        } catch (error) {
          trouble++;
          return { open: false, reason: reasonOf(error, database.target) };
        }
      }
    },
  };
}

function reasonOf(error: unknown, target: string): string {
  if (error instanceof Migrating) return `migrating: ${error.message}`;
  return error instanceof Error && error.name === "SluiceError"
    ? error.message
    : `${target} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
