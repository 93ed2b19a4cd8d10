import type { Database } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import { readMigrations } from "../migrations/read.ts";
import { nearest } from "../text/nearest.ts";
import type { Condition } from "./condition.ts";
import { requiredVersions } from "./required.ts";
import { runCondition } from "./run.ts";
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

interface Target {
  /** What stands behind the slash, in capitals: `run/ID`; undefined where nothing may. */
  name?: string;
  make(context: TargetContext, name: string): Promise<Condition>;
}

/** Everything that can be waited for, by the word it begins with: one line for each file of this folder. */
const TARGETS: Record<string, Target> = {
  schema: {
    async make({ database, dirs, require, warn }) {
      const { migrations, warnings } = await readMigrations(dirs);
      for (const { file, line, text } of warnings)
        warn(`${line === undefined ? file : `${file}:${line}`}: ${text}`);
      return schemaCondition(database(), requiredVersions(migrations, require), migrations);
    },
  },
  run: { name: "ID", make: async ({ database }, id) => runCondition(database(), id) },
};

/** @throws SluiceError SL5005 (exit 2) for a target that there is not, with the nearest one. */
export async function conditionFor(target: string, context: TargetContext): Promise<Condition> {
  // Only the first slash counts: an ID may hold more of them.
  const slash = target.indexOf("/");
  const word = slash === -1 ? target : target.slice(0, slash);
  const name = slash === -1 ? undefined : target.slice(slash + 1);
  const found = Object.hasOwn(TARGETS, word) ? TARGETS[word] : undefined;
  if (found !== undefined && (found.name === undefined) === (name === undefined) && name !== "")
    return found.make(context, name ?? "");
  const close = nearest(word, Object.keys(TARGETS));
  const suggestion =
    close === undefined
      ? `Targets: ${Object.keys(TARGETS).map(written).join(", ")}.`
      : `Did you mean ${written(close)}?`;
  throw new SluiceError("SL5005", { params: { target, suggestion } });
}

/** A target as it is written: `schema`, `run/ID`. */
function written(word: string): string {
  const name = TARGETS[word]?.name;
  return name === undefined ? word : `${word}/${name}`;
}
