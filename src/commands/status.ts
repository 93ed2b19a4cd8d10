import { defineCommand } from "../cli/command.ts";
import { databaseOptions } from "../cli/global-options.ts";
import { readStatus } from "../engine/status.ts";
import { engineListener } from "../report/progress.ts";
import { statusJson, statusText } from "../report/status.ts";
import { roleOptions } from "./lock-options.ts";
import { databaseOf, migrationsOf } from "./open.ts";

export const command = defineCommand({
  name: "status",
  summary: "show which migrations are applied, pending or failed",
  usage: "status [--check]",
  description: "Reads the history in one statement and changes nothing.",
  options: [
    ...databaseOptions,
    {
      name: "check",
      type: "boolean",
      summary: "exit 1 when something is pending, or an applied file was changed",
    },
    {
      name: "wait",
      type: "duration",
      default: "0",
      summary: "wait this long for a database that cannot be reached yet",
    },
    ...roleOptions,
  ],
  examples: ["sluice status", "sluice status --check", "sluice status -o json"],
  exits: [
    { status: 0, meaning: "read" },
    { status: 1, meaning: "with --check: something is pending, or an applied file was changed" },
    { status: 2, meaning: "wrong usage or configuration" },
    { status: 69, meaning: "the database cannot be reached" },
  ],
  async run(context) {
    const { options, reporter, signal } = context;
    const database = databaseOf(context);
    const files = await migrationsOf(options.dir, reporter);
    const on = engineListener(reporter);
    const status = await readStatus(database, files, {
      wait: options.wait,
      createDatabase: false,
      signal,
      on,
    });
    reporter.result("Status", statusJson(status), statusText(status, database.target));
    return options.check && (status.pending > 0 || status.changed.length > 0) ? 1 : 0;
  },
});
