import { defineCommand } from "../cli/command.ts";
import { databaseOptions } from "../cli/global-options.ts";
import { baseline } from "../engine/baseline.ts";
import { engineListener } from "../report/progress.ts";
import { lockOptions, readersOptions } from "./lock-options.ts";
import { databaseOf, migrationsOf, versionOf } from "./open.ts";

export const command = defineCommand({
  name: "baseline",
  summary: "count everything up to a version as applied",
  usage: "baseline VERSION",
  description:
    "For a database that had its schema before Sluice came: records that VERSION and everything below it is there, without running it. `migrate` goes on above it, and `down` never goes below it. Running it again with the same version is a success. The version need not be that of a file.",
  arguments: [{ name: "version", summary: "the highest version that is in the database" }],
  options: [...databaseOptions, ...lockOptions, ...readersOptions],
  examples: ["sluice baseline 20260101120000"],
  exits: [
    { status: 0, meaning: "recorded, or recorded before" },
    { status: 2, meaning: "wrong usage or configuration" },
    { status: 4, meaning: "a migration is half applied or half reverted" },
    { status: 5, meaning: "a higher migration is applied, or there is another baseline" },
    { status: 69, meaning: "the database cannot be reached" },
    { status: 75, meaning: "a lock was not free in time" },
  ],
  async run(context) {
    const { options, args, reporter, signal } = context;
    const version = versionOf(args.version, "baseline");
    const database = databaseOf(context);
    const files = await migrationsOf(options.dir, reporter);
    if (!files.some((file) => file.version === version))
      reporter.warn(`no file has version ${version}; everything below it counts as applied all the same`);
    const result = await baseline(database, files, version, {
      ...options,
      place: { schema: options.historySchema, table: options.historyTable },
      createDatabase: false,
      signal,
      on: engineListener(reporter),
    });
    const covered = result.covered.map((file) => file.version);
    const count = `${covered.length} file${covered.length === 1 ? "" : "s"} not run`;
    reporter.result(
      "BaselineResult",
      { target: database.target, baseline: version, recorded: result.recorded, covered },
      result.recorded
        ? `Recorded baseline ${version} on ${database.target}: ${count}.`
        : `Nothing to do: ${database.target} has baseline ${version}.`,
    );
    return 0;
  },
});
