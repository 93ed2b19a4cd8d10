import { defineCommand } from "../cli/command.ts";
import { databaseOptions } from "../cli/global-options.ts";
import { migrate, preview } from "../engine/migrate.ts";
import type { Migration } from "../migrations/migration.ts";
import { planJson, planText } from "../report/plan.ts";
import { engineListener } from "../report/progress.ts";
import { formatDuration } from "../text/duration.ts";
import { deadlineOption, withDeadline } from "./deadline.ts";
import { runnerOptions } from "./migrate-options.ts";
import { databaseAndFiles, versionOf } from "./open.ts";

export const command = defineCommand({
  name: "migrate",
  summary: "apply pending migrations under a lock",
  usage: "migrate [--to VERSION] [--phase expand|contract]",
  description:
    "Reads the history first: where nothing is pending it ends there, without a lock. Otherwise one runner at a time applies each file together with its record, in one transaction where PostgreSQL allows it and statement by statement where it does not. Run again after a failure or a crash, it goes on where it stopped.",
  options: [
    ...databaseOptions,
    { name: "to", type: "string", placeholder: "VERSION", summary: "stop after this version" },
    {
      name: "phase",
      type: "choice",
      choices: ["expand", "contract"],
      summary: "only migrations of this phase",
    },
    { name: "dry-run", type: "boolean", summary: "print what would run and change nothing" },
    {
      name: "one-transaction",
      type: "boolean",
      summary: "all pending files in one transaction: all of them or nothing",
    },
    ...runnerOptions,
    deadlineOption,
  ],
  examples: [
    "sluice migrate",
    "sluice migrate --dry-run",
    "sluice migrate --phase expand --wait 60s",
    "sluice migrate --dir db/migrations --to 20260101120000",
  ],
  exits: [
    { status: 0, meaning: "applied, or nothing to do" },
    { status: 2, meaning: "wrong usage or configuration" },
    { status: 3, meaning: "a migration failed and left nothing behind, or --deadline passed" },
    { status: 4, meaning: "a migration failed half-way" },
    { status: 5, meaning: "files and history do not fit" },
    { status: 69, meaning: "the database cannot be reached" },
    { status: 75, meaning: "a lock was not free in time" },
  ],
  async run(context) {
    const { options, reporter, signal } = context;
    const to = options.to === undefined ? undefined : versionOf(options.to, "--to");
    const { database, files } = await databaseAndFiles(context);
    const on = engineListener(reporter);
    const plan = { to, phase: options.phase };
    if (options.dryRun) {
      const found = await preview(database, files, {
        ...options,
        ...plan,
        createDatabase: false,
        signal,
        on,
      });
      reporter.result("Plan", planJson(found), planText(found, database.target));
      return 0;
    }
    const result = await withDeadline(options.deadline, signal, (until) =>
      migrate(database, files, { ...options, ...plan, signal: until, on }),
    );
    const byVersion = new Map<string, Migration>(files.map((file) => [file.version, file]));
    const text =
      result.applied.length === 0
        ? `Nothing to do: ${count(result.alreadyApplied, "migration")} applied on ${database.target}.`
        : `Applied ${count(result.applied.length, "migration")} to ${database.target} in ${formatDuration(
            result.applied.reduce((sum, one) => sum + one.duration, 0),
          )}.`;
    const applied = result.applied.map(({ version, name, duration }) => ({
      version,
      name,
      file: byVersion.get(version)?.file ?? null,
      durationMs: duration,
    }));
    reporter.result(
      "MigrateResult",
      { target: database.target, applied, alreadyApplied: result.alreadyApplied, ahead: result.ahead },
      text,
    );
    return 0;
  },
});

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
