import type { HistoryPlace, Runner } from "../../database.ts";
import type { Amendment } from "../../upkeep.ts";
import { identifier, literal } from "../sql.ts";
import { reverted } from "./down.ts";
import type { HistoryWriter, Record } from "./write.ts";

const NO_STATEMENT =
  "statement = null, statement_started_at = null, backend_pid = null, backend_start = null";
const NOT_REVERTING = "down_done = null, down_total = null, down_hashes = null";

/**
 * SQL of one change to the history that `baseline` or `repair` makes.
 * @param recordOf what of a file goes into its row.
 */
export function amendment(
  change: Amendment,
  place: HistoryPlace,
  runner: Runner,
  writer: HistoryWriter,
  recordOf: (part: NonNullable<Extract<Amendment, { type: "applied" }>["part"]>) => Record,
): string {
  const table = identifier(place.schema, place.table);
  const key = (id: string) => `kind = 'migration' and id = ${literal(id)}`;
  switch (change.type) {
    case "baseline":
      return `insert into ${table} (kind, id, name, state, finished_at, account, host, pod, job, image, release,
  runner_version) values ('baseline', ${literal(change.version)}, ${literal(change.name)}, 'applied',
  clock_timestamp(), session_user, ${literal(runner.host)}, ${literal(runner.pod)}, ${literal(runner.job)},
  ${literal(runner.image)}, ${literal(runner.release)}, ${literal(runner.version)})`;
    case "accept": {
      const { version, name, checksum, directives, down } = change.migration;
      const { phase, breaking, requires, transaction } = directives;
      return `update ${table} set name = ${literal(name)}, checksum = ${literal(checksum)}, phase = ${literal(phase)},
  breaking = ${breaking}, requires = ${requires.length === 0 ? "null" : literal(requires)}, down = ${literal(down)},
  down_transaction = ${transaction} where ${key(version)}`;
    }
    case "applied": {
      if (change.part !== undefined) {
        return `delete from ${table} where ${key(change.version)};
${writer.insert(recordOf(change.part), "applied")};
update ${table} set finished_at = clock_timestamp() where ${key(change.version)}`;
      }
      return `update ${table} set state = 'applied', error = null, statements_done = statements_total, ${NO_STATEMENT},
  ${NOT_REVERTING}, finished_at = coalesce(finished_at, clock_timestamp()) where ${key(change.version)}`;
    }
    case "pending":
      return `update ${table} set ${reverted(runner)} where ${key(change.version)}`;
    case "statement": {
      const one = change.tookEffect ? " + 1" : "";
      return `update ${table} set down_done = down_done${one},
  statements_done = statements_done + case when down_done is null then ${change.tookEffect ? 1 : 0} else 0 end,
  ${NO_STATEMENT} where ${key(change.version)}`;
    }
  }
}
