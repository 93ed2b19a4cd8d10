import type { Database, HistoryPlace, RunMode, Runner } from "./database.ts";
import { connectionSettings } from "./postgres/connection/settings.ts";
import { postgresDatabase } from "./postgres/database.ts";
import type { Environment, ResolvedSource } from "./target.ts";

/**
 * The database that a source names. One line for each kind of database; the scheme of the URL decides.
 * @returns the database, and warnings about how it was described.
 */
export function openDatabase(
  source: ResolvedSource,
  env: Environment,
  place: HistoryPlace,
  runner: Runner,
  mode: RunMode,
): { database: Database; warnings: string[] } {
  const settings = connectionSettings(source, env);
  return { database: postgresDatabase(settings, place, runner, mode), warnings: settings.warnings };
}
