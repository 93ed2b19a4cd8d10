import type { HistoryPlace, Runner } from "../../database.ts";
import { identifier, literal } from "../sql.ts";

/** What of a migration goes into its row. */
export interface Record {
  id: string;
  name: string;
  checksum: string;
  phase: string;
  breaking: boolean;
  requires: readonly string[];
  total: number;
  hashes: readonly string[] | undefined;
  down: string | undefined;
  /** False for `transaction=off`, which holds for the down part, too. */
  transaction: boolean;
  /** False where the history is known to have no row that this one could take the place of. */
  replaces?: boolean;
}

/** Channel on which a runner wakes the gates that listen; the payload is "schema.table". */
export const CHANNEL = "sluice";

/** What the server says when another runner has moved the count of finished statements. */
export const OVERTAKEN = "sluice: another runner has gone on with this migration";

/** SQL that writes the history. All of it names the table with its schema, because a file may set search_path. */
export function historyWriter(place: HistoryPlace, runner: Runner) {
  const table = identifier(place.schema, place.table);
  const key = (id: string) => `kind = 'migration' and id = ${literal(id)}`;
  return {
    /**
     * Takes the place of a failed or reverted row. The plain INSERT meets a row of anybody else with 23505, before
     * the file has done anything.
     */
    insert(record: Record, state: "applied" | "running"): string {
      const clear = `delete from ${table} where ${key(record.id)} and (state = 'reverted'
  or state = 'failed' and statements_done = 0 and statement is null);\n`;
      return `${record.replaces === false ? "" : clear}insert into ${table} (kind, id, name, checksum, phase, breaking, requires, state, statements_done, statements_total,
  statement_hashes, account, host, pod, job, image, release, runner_version, down, down_transaction) values ('migration',
  ${literal(record.id)}, ${literal(record.name)}, ${literal(record.checksum)}, ${literal(record.phase)},
  ${record.breaking}, ${record.requires.length === 0 ? "null" : literal(record.requires)}, '${state}',
  ${state === "applied" ? record.total : 0}, ${record.total}, ${literal(record.hashes)}, session_user,
  ${literal(runner.host)}, ${literal(runner.pod)}, ${literal(runner.job)}, ${literal(runner.image)},
  ${literal(runner.release)}, ${literal(runner.version)}, ${literal(record.down)}, ${record.transaction})`;
    },

    /** Takes a half-applied row over: the text behind the finished statements may have been corrected. */
    resume(record: Record): string {
      return `update ${table} set state = 'running', name = ${literal(record.name)},
  checksum = ${literal(record.checksum)}, statements_total = ${record.total}, error = null, finished_at = null,
  statement_hashes = ${literal(record.hashes)}, down = ${literal(record.down)},
  down_transaction = ${record.transaction}, account = session_user,
  host = ${literal(runner.host)}, pod = ${literal(runner.pod)}, job = ${literal(runner.job)},
  image = ${literal(runner.image)}, release = ${literal(runner.release)},
  runner_version = ${literal(runner.version)} where ${key(record.id)}`;
    },

    /** Ends a row that became `applied` in this transaction. */
    finish(id: string): string {
      return `update ${table} set state = 'applied', error = null, finished_at = clock_timestamp(),
  duration_ms = round(extract(epoch from clock_timestamp() - started_at) * 1000) where ${key(id)}`;
    },

    /**
     * Counts finished statements, but only from where this runner saw them: one that lost its lock without noticing (a
     * function in the file released it) fails here, and what it did with this count is rolled back.
     */
    progress(id: string, done: number, from: number): string {
      return `with progress as (update ${table} set statements_done = ${done}, statement = null,
  statement_started_at = null, backend_pid = null, backend_start = null
  where ${key(id)} and statements_done = ${from} returning 1)
select case count(*) when 1 then 1 else ('${OVERTAKEN} ' || count(*))::int end from progress`;
    },

    claim(id: string, statement: string): string {
      return `update ${table} set statement = ${literal(statement)}, statement_started_at = clock_timestamp(),
  backend_pid = pg_backend_pid(), backend_start = (select backend_start from pg_catalog.pg_stat_activity
  where pid = pg_backend_pid()) where ${key(id)}`;
    },

    /** A failure of a file that left nothing behind gets a row of its own; a half-applied one has it already. */
    fail(record: Record, error: string): string {
      return `${this.insert(record, "running")} on conflict (kind, id) do nothing;
update ${table} set state = 'failed', error = ${literal(error.slice(0, 8000))}, finished_at = clock_timestamp()
  where ${key(record.id)} and state <> 'applied'`;
    },

    notify(): string {
      return `notify ${CHANNEL}, ${literal(`${place.schema}.${place.table}`)}`;
    },
  };
}

export type HistoryWriter = ReturnType<typeof historyWriter>;
