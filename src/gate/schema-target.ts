import type { Database } from "../databases/database.ts";
import type { Condition } from "./condition.ts";
import { requiredVersions } from "./required.ts";
import { schemaCondition } from "./schema.ts";

/** What the target `schema` needs; apart from the other targets, because the library offers no other. */
export interface SchemaContext {
  database(): Database | Promise<Database>;
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
  // A gate on something else needs no files, and should not pay for what reads them.
  const { readMigrations } = await import("../migrations/read.ts");
  const { migrations, warnings } = await readMigrations(dirs);
  for (const { file, line, text } of warnings)
    warn(`${line === undefined ? file : `${file}:${line}`}: ${text}`);
  return schemaCondition(await database(), requiredVersions(migrations, require), migrations);
}
