import { runnerOptions } from "./migrate-options.ts";

type Runner = (typeof runnerOptions)[number];

/** Some of the runner's options, with their types. */
function pick<const N extends Runner["name"]>(...names: N[]): readonly Extract<Runner, { name: N }>[] {
  const wanted: readonly string[] = names;
  return runnerOptions.filter((option): option is Extract<Runner, { name: N }> =>
    wanted.includes(option.name),
  );
}

/** For commands that take the runner lock and run nothing of a file. */
export const lockOptions = pick("wait", "lock-wait", "orphans", "lock", "lease", "pooler", "role");

/** For commands that only read the history. */
export const roleOptions = pick("role");

/** For commands that also run statements. */
export const executionOptions = pick("lock-timeout", "lock-budget", "statement-timeout", "grace");

/** For commands that may be the first to make the history. */
export const readersOptions = pick("grant");

/** For commands that may be the first to reach the database. */
export const creationOptions = pick("create-database");
