import { nearest } from "../cli/nearest.ts";
import type { Database } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import { readMigrations } from "../migrations/read.ts";
import type { Condition } from "./condition.ts";
import { requiredVersions } from "./required.ts";
import { schemaCondition } from "./schema.ts";

/** What a target may need to become a condition. */
export interface TargetContext {
  database(): Database;
  /** Directories of the migrations; empty where only `require` counts. */
  dirs: readonly string[];
  /** Canonical versions. */
  require: readonly string[];
  warn(text: string): void;
}

type MakeCondition = (context: TargetContext) => Promise<Condition>;

/** Everything that can be waited for, by the word it begins with: one line for each file of this folder. */
const TARGETS: Record<string, MakeCondition> = {
  schema: async ({ database, dirs, require, warn }) => {
    const { migrations, warnings } = await readMigrations(dirs);
    for (const { file, line, text } of warnings)
      warn(`${line === undefined ? file : `${file}:${line}`}: ${text}`);
    return schemaCondition(database(), requiredVersions(migrations, require), migrations);
  },
};

/** @throws SluiceError SL5005 (exit 2) for a target that there is not, with the nearest one. */
export async function conditionFor(target: string, context: TargetContext): Promise<Condition> {
  const make = Object.hasOwn(TARGETS, target) ? TARGETS[target] : undefined;
  if (make !== undefined) return make(context);
  const known = Object.keys(TARGETS);
  const close = nearest(target, known);
  const suggestion = close === undefined ? `Targets: ${known.join(", ")}.` : `Did you mean ${close}?`;
  throw new SluiceError("SL5005", { params: { target, suggestion } });
}
