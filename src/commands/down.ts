import { defineCommand } from "../cli/command.ts";
import { databaseOptions } from "../cli/global-options.ts";
import { down, previewDown } from "../engine/down.ts";
import { SluiceError } from "../errors.ts";
import { downPlanJson, downPlanText, downResultJson, downResultText } from "../report/down.ts";
import { engineListener } from "../report/progress.ts";
import { executionOptions, lockOptions } from "./lock-options.ts";
import { databaseOf, migrationsOf, versionOf } from "./open.ts";

export const command = defineCommand({
  name: "down",
  summary: "revert applied migrations by their down parts",
  usage: "down --to VERSION | --steps N [--dry-run]",
  description:
    "Reverts the highest applied migration first, whatever its phase, each together with its record: in one transaction where PostgreSQL allows it, statement by statement where it does not. The down part is read from the file, or from the history where no file has one, so an older image can go back, too. Where one of them has no down part nothing is changed. Interrupted, it goes on where it stopped when it is run again; until then `migrate` refuses to work.",
  options: [
    ...databaseOptions,
    {
      name: "to",
      type: "string",
      placeholder: "VERSION",
      scope: "flag",
      summary: "keep this version and revert what is above it; 0 reverts all",
    },
    {
      name: "steps",
      type: "integer",
      min: 1,
      scope: "flag",
      summary: "revert this many of the applied migrations",
    },
    { name: "dry-run", type: "boolean", summary: "print what would run and change nothing" },
    ...lockOptions,
    ...executionOptions,
  ],
  examples: [
    "sluice down --to 20260101120000 --dry-run",
    "sluice down --to 20260101120000",
    "sluice down --steps 1",
  ],
  exits: [
    { status: 0, meaning: "reverted, or nothing to do" },
    { status: 2, meaning: "wrong usage or configuration" },
    { status: 3, meaning: "a down part failed and left nothing behind" },
    { status: 4, meaning: "a migration is half applied or half reverted" },
    { status: 5, meaning: "a migration cannot be reverted" },
    { status: 69, meaning: "the database cannot be reached" },
    { status: 75, meaning: "a lock was not free in time" },
  ],
  async run(context) {
    const { options, reporter, signal } = context;
    const { steps } = options;
    if ((options.to === undefined) === (steps === undefined)) throw new SluiceError("SL4101");
    const to = options.to === undefined ? undefined : versionOf(options.to, "--to");
    const database = databaseOf(context);
    const files = await migrationsOf(options.dir, reporter);
    const on = engineListener(reporter);
    const settings = { ...options, to, steps, createDatabase: false, signal, on };
    if (options.dryRun) {
      const planned = await previewDown(database, files, settings);
      reporter.result(
        "DownPlan",
        downPlanJson(planned, database.target),
        downPlanText(planned, database.target),
      );
      return 0;
    }
    const reverted = await down(database, files, settings);
    reporter.result(
      "DownResult",
      downResultJson(reverted, database.target),
      downResultText(reverted, database.target),
    );
    return 0;
  },
});
