import { ask, canAsk } from "../cli/ask.ts";
import { type Context, defineCommand } from "../cli/command.ts";
import { databaseOptions } from "../cli/global-options.ts";
import { repair } from "../engine/repair.ts";
import { repairIndex } from "../engine/repair-index.ts";
import { SluiceError } from "../errors.ts";
import { printable } from "../report/error.ts";
import { engineListener } from "../report/progress.ts";
import { indexRepairJson, indexRepairText, repairJson, repairText } from "../report/repair.ts";
import { nearest } from "../text/nearest.ts";
import { lockOptions } from "./lock-options.ts";
import { databaseOf, migrationsOf, versionOf } from "./open.ts";

const KINDS = ["checksum", "applied", "pending", "index"] as const;

export const command = defineCommand({
  name: "repair",
  summary: "settle by hand what Sluice cannot know",
  usage: "repair checksum|applied|pending VERSION | index NAME [--yes]",
  description:
    "`checksum` accepts the present text of an applied file. `applied` counts a migration as applied without running it, and `pending` lets it run again; where a statement was in flight that cannot run in a transaction, they speak of that statement alone: it took effect, or it did not. `index` drops an INVALID index and builds it again, both CONCURRENTLY.\n\nShows what it will change and asks; where there is no terminal it changes nothing without --yes.",
  arguments: [
    { name: "what", summary: "checksum, applied, pending or index" },
    { name: "name", summary: "version of the migration, or name of the index as in the catalogue" },
  ],
  options: [
    ...databaseOptions,
    { name: "yes", short: "y", type: "boolean", scope: "flag", summary: "do not ask" },
    ...lockOptions,
  ],
  examples: [
    "sluice repair checksum 20260101120000",
    "sluice repair applied 20260101120000 --yes",
    "sluice repair pending 20260101120000",
    "sluice repair index public.users_email",
  ],
  exits: [
    { status: 0, meaning: "repaired, or nothing to repair" },
    { status: 2, meaning: "wrong usage or configuration, or not confirmed" },
    { status: 4, meaning: "an index could not be built again" },
    { status: 5, meaning: "the history says otherwise" },
    { status: 69, meaning: "the database cannot be reached" },
    { status: 75, meaning: "a lock was not free in time" },
  ],
  async run(context) {
    const { options, args, reporter, signal } = context;
    const what = KINDS.find((kind) => kind === args.what) ?? unknownKind(args.what);
    const database = databaseOf(context);
    const { target } = database;
    const settings = { ...options, createDatabase: false, signal, on: engineListener(reporter) };
    if (what === "index") {
      const index = await repairIndex(database, args.name, {
        ...settings,
        confirm: (shown) => confirm(context, indexRepairText(shown, target)),
      });
      reporter.result(
        "RepairResult",
        indexRepairJson(index, target),
        `Repaired index ${index.schema}.${index.name}.`,
      );
      return 0;
    }
    const version = versionOf(args.name, "repair");
    const files = await migrationsOf(options.dir, reporter);
    const outcome = await repair(database, files, what, version, {
      ...settings,
      confirm: (shown) => confirm(context, repairText(shown, target)),
    });
    const done = outcome.changed
      ? `Repaired migration ${version}.`
      : `Nothing to repair: migration ${version} is so.`;
    reporter.result("RepairResult", repairJson(what, outcome, target), done);
    return 0;
  },
});

function unknownKind(text: string): never {
  const meant = nearest(text, KINDS);
  throw new SluiceError("SL4140", {
    params: { text },
    ...(meant !== undefined && { hint: `did you mean \`sluice repair ${meant}\`?` }),
  });
}

/** Shows the change, and has it confirmed. */
async function confirm(
  {
    options,
    reporter,
    stderr,
    signal,
  }: Pick<Context, "reporter" | "stderr" | "signal"> & { options: { yes: boolean } },
  text: string,
): Promise<void> {
  if (options.yes) return reporter.info(text);
  if (!canAsk()) throw new SluiceError("SL4143", { notes: text.split("\n") });
  stderr.write(`${printable(text)}\n`);
  if (!(await ask("Go on?", stderr, signal))) throw new SluiceError("SL4144");
}
