import type { HistoryPlace, Progress, Runner } from "../../database.ts";
import type { StoredDown } from "../../upkeep.ts";
import type { Session } from "../session.ts";
import { identifier, literal } from "../sql.ts";
import type { HistoryWriter } from "./write.ts";

/** What makes a row one of a file that has been taken back. */
export function reverted(runner: Runner): string {
  return `state = 'reverted', error = null, statements_done = 0, statement_hashes = null, statement = null,
  statement_started_at = null, backend_pid = null, backend_start = null, down_done = null, down_total = null,
  down_hashes = null, finished_at = clock_timestamp(), duration_ms = null, account = session_user,
  host = ${literal(runner.host)}, pod = ${literal(runner.pod)}, job = ${literal(runner.job)},
  image = ${literal(runner.image)}, release = ${literal(runner.release)}, runner_version = ${literal(runner.version)}`;
}

/**
 * SQL that records a down part with the same calls as an up part, so that both run by the same code. A row is one of a
 * half-reverted file while `down_done` is not null; what it says of the up part stays, so it can count as applied again.
 */
export function downWriter(place: HistoryPlace, runner: Runner, up: HistoryWriter): HistoryWriter {
  const table = identifier(place.schema, place.table);
  const key = (id: string) => `kind = 'migration' and id = ${literal(id)}`;
  return {
    ...up,
    insert(record) {
      return `update ${table} set state = 'running', error = null, down = ${literal(record.down)},
  down_transaction = ${record.transaction}, down_done = 0, down_total = ${record.total},
  down_hashes = ${literal(record.hashes)} where ${key(record.id)}`;
    },
    resume(record) {
      return `update ${table} set state = 'running', error = null, down = ${literal(record.down)},
  down_transaction = ${record.transaction}, down_total = ${record.total}, down_hashes = ${literal(record.hashes)}
  where ${key(record.id)}`;
    },
    finish(id) {
      return `update ${table} set ${reverted(runner)} where ${key(id)}`;
    },
    progress(id, done) {
      return `update ${table} set down_done = ${done}, statement = null, statement_started_at = null,
  backend_pid = null, backend_start = null where ${key(id)}`;
    },
  };
}

/** Records a failure: half-reverted where something of it is done, else applied as before. */
export function downFailure(place: HistoryPlace, id: string, error: string): string {
  const untouched = "down_done = 0 and statement is null";
  return `update ${identifier(place.schema, place.table)} set
  state = case when ${untouched} then 'applied' else 'failed' end,
  error = case when ${untouched} then null else ${literal(error.slice(0, 8000))} end,
  down_done = case when ${untouched} then null else down_done end,
  down_total = case when ${untouched} then null else down_total end,
  down_hashes = case when ${untouched} then null else down_hashes end
  where kind = 'migration' and id = ${literal(id)} and down_done is not null`;
}

export async function readDowns(
  session: Session,
  place: HistoryPlace,
  ids: readonly string[],
): Promise<Map<string, StoredDown>> {
  if (ids.length === 0) return new Map();
  const [rows] = await session.query(
    // A table of an older Sluice has no down_transaction: then the one further out is found.
    `select h.* from (select null::boolean as down_transaction) older cross join lateral
      (select id, down, down_transaction from ${identifier(place.schema, place.table)}
        where kind = 'migration' and id = any (${literal(ids)}) and down is not null) h`,
  );
  return new Map(
    (rows ?? []).map(([id, text, off]) => [id ?? "", { text: text ?? "", transaction: off !== "f" }]),
  );
}

/** What a run that goes on with a half-reverted file needs to know. */
export async function readDownProgress(session: Session, place: HistoryPlace, id: string): Promise<Progress> {
  const [rows] = await session.query(
    `select down_done, array_to_string(down_hashes, ','), statement
       from ${identifier(place.schema, place.table)} where kind = 'migration' and id = ${literal(id)}`,
  );
  const [done, hashes, claimed] = rows?.[0] ?? [];
  return { done: Number(done ?? 0), hashes: hashes ? hashes.split(",") : [], claimed: claimed ?? undefined };
}
