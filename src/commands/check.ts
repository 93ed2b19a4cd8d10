import { defineCommand } from "../cli/command.ts";
import { historyOptions, urlOption } from "../cli/global-options.ts";
import { checkDatabase } from "../engine/check.ts";
import { SluiceError } from "../errors.ts";
import { checkJson, checkText } from "../report/check.ts";
import { engineListener } from "../report/progress.ts";
import { databaseOf } from "./open.ts";

export const command = defineCommand({
  name: "check",
  summary: "say what the application's database account could destroy, and what it lacks",
  usage: "check --database [--account ROLE] [--migrator ROLE]",
  description:
    "Connected as the application's account, or as any other with --account: says whether it could DROP, ALTER or TRUNCATE what it uses, or write the history, and which schemas, tables, sequences and future tables it needs but cannot use. Each finding comes with the statements that settle it; run them as the owner or a superuser, then check again. It reads the catalogue, needs no special rights and changes nothing.",
  arguments: [{ name: "file", many: true, optional: true, summary: "manifests cannot be checked yet" }],
  options: [
    urlOption,
    ...historyOptions,
    { name: "database", type: "boolean", scope: "flag", summary: "look at the accounts of the database" },
    {
      name: "account",
      type: "string",
      placeholder: "ROLE",
      summary: "the application's account, where the URL is another's",
    },
    {
      name: "migrator",
      type: "string",
      placeholder: "ROLE",
      summary: "role that owns the schema; else the owners of its tables",
    },
    {
      name: "schema",
      key: "schemas",
      type: "list",
      placeholder: "NAME",
      summary: "schema that the application works in (repeatable); else those of its search_path",
    },
    {
      name: "accept",
      type: "list",
      placeholder: "CODE[=OBJECT]",
      summary: "finding that is meant to be so (repeatable)",
    },
    {
      name: "wait",
      type: "duration",
      default: "0",
      summary: "wait this long for a database that cannot be reached yet",
    },
  ],
  examples: [
    "sluice check --database",
    "sluice check --database --account shop_app --migrator shop_owner",
    "sluice check --database --schema shop --accept SA023=shop.countries",
    "sluice check --database -o json",
  ],
  exits: [
    { status: 0, meaning: "no findings" },
    { status: 1, meaning: "findings" },
    { status: 2, meaning: "wrong usage or configuration" },
    { status: 69, meaning: "the database cannot be reached" },
  ],
  async run(context) {
    const { options, args, reporter, signal } = context;
    const [file] = args.file;
    if (file !== undefined || !options.database) {
      const given = file === undefined ? "--database is missing" : `${file} is a file or folder`;
      throw new SluiceError("SL2070", { params: { given } });
    }
    const database = databaseOf(context);
    const question = {
      account: options.account,
      migrator: options.migrator,
      schemas: options.schemas,
    };
    const result = await checkDatabase(database, question, options.accept, {
      wait: options.wait,
      createDatabase: false,
      signal,
      on: engineListener(reporter),
    });
    reporter.result(
      "CheckReport",
      checkJson(result, database.target),
      checkText(result, database.target, reporter.style),
    );
    return result.findings.length > 0 ? 1 : 0;
  },
});
