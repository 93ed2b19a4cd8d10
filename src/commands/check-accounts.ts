import type { Context } from "../cli/command.ts";
import type { historyOptions, urlOption } from "../cli/global-options.ts";
import { checkDatabase } from "../engine/check.ts";
import { checkJson, checkText } from "../report/check.ts";
import { engineListener } from "../report/progress.ts";
import type { checkOptions } from "./check-options.ts";
import { databaseOf } from "./open.ts";

export type CheckContext = Context<
  readonly [typeof urlOption, ...typeof historyOptions, ...typeof checkOptions],
  readonly [{ readonly name: "input"; readonly many: true; readonly summary: string }]
>;

/** `check --database`. */
export async function checkAccounts(context: CheckContext): Promise<number> {
  const { options, reporter, signal } = context;
  const database = databaseOf(context);
  const { account, migrator, schemas } = options;
  // Codes of manifests stand in the same list of sluice.yaml.
  const accept = options.accept.filter((text) => !/^SM\d/.test(text));
  const result = await checkDatabase(database, { account, migrator, schemas }, accept, {
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
}
