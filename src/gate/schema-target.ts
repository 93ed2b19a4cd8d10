import type { Database } from "../databases/database.ts";
import { readMigrations } from "../migrations/read.ts";
import type { Condition } from "./condition.ts";
import { requiredVersions } from "./required.ts";
import { schemaCondition } from "./schema.ts";

/** What the target `schema` needs; apart from the other targets, because the library offers no other. */
export interface SchemaContext {
  database(): Database;
  /** Directories of the migrations; empty where only `require` counts. */
  dirs: readonly string[];
  /** Canonical versions. */
  require: readonly string[];
  warn(text: string): void;
}

/**
 * The target `schema`.
 * @throws SluiceError of the files, and SL5002 (exit 2) where nothing is required.
 */
export async function schemaTarget({ database, dirs, require, warn }: SchemaContext): Promise<Condition> {
  const { migrations, warnings } = await readMigrations(dirs);
  for (const { file, line, text } of warnings)
    warn(`${line === undefined ? file : `${file}:${line}`}: ${text}`);
  return schemaCondition(database(), requiredVersions(migrations, require), migrations);
}
