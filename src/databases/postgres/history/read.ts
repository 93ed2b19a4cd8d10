import { SluiceError } from "../../../errors.ts";
import type { History, HistoryPlace, HistoryRow, Kind, Progress, State } from "../../database.ts";
import type { Session } from "../session.ts";
import { identifier, literal } from "../sql.ts";
import { hasState, SQLSTATE } from "../sqlstate.ts";
import { HISTORY_VERSION } from "./columns.ts";

/**
 * The one query that runner, status and gate read: named columns only, so that it goes on working with every newer
 * table. A column that an older table lacks is found one scope further out, as null. Rows that are applied are the
 * many; their long texts are null.
 */
export function selectHistory(place: HistoryPlace): string {
  return `select h.* from (select null::integer as down_done, null::integer as down_total) older cross join lateral
    (select kind, id, name, checksum, phase, breaking, state, statements_done, statements_total, statement, error,
    extract(epoch from started_at), extract(epoch from finished_at), release, min_reader, min_writer,
    down_done, down_total
    from ${identifier(place.schema, place.table)}) h`;
}

/** Reads the history in one statement; a missing table or schema is an empty history. */
export async function readHistory(session: Session, place: HistoryPlace): Promise<History> {
  try {
    const [rows] = await session.query(selectHistory(place));
    return parseHistory(rows ?? [], place);
  } catch (error) {
    return translateReadError(error, place);
  }
}

/** A missing table or schema is an empty history; a missing right gets its own error. */
export function translateReadError(error: unknown, place: HistoryPlace): History {
  if (hasState(error, SQLSTATE.undefinedTable, SQLSTATE.invalidSchema)) return { exists: false, rows: [] };
  if (hasState(error, SQLSTATE.queryCanceled, SQLSTATE.lockNotAvailable)) {
    const params = { schema: place.schema, table: place.table, reason: (error as Error).message };
    throw new SluiceError("SL3064", { params, cause: error });
  }
  if (!hasState(error, SQLSTATE.noPrivilege)) throw error;
  const params = { schema: place.schema, table: place.table, reason: (error as Error).message };
  throw new SluiceError("SL3053", { params, cause: error });
}

/** @throws SluiceError SL4012 where a newer Sluice wrote rows that this one cannot understand. */
export function parseHistory(rows: (string | null)[][], place: HistoryPlace): History {
  const needed = Math.max(0, ...rows.map((row) => Number(row[14])));
  if (needed > HISTORY_VERSION) throw tooNew("read", needed, place);
  const writer = Math.max(0, ...rows.map((row) => Number(row[15])));
  return { exists: true, rows: rows.map(parseRow), ...(writer > HISTORY_VERSION && { minWriter: writer }) };
}

/** Refuses to write into a history that a newer Sluice has made its own. */
export function checkWriter(history: History, place: HistoryPlace): void {
  if (history.minWriter !== undefined) throw tooNew("write", history.minWriter, place);
}

/** What a resumed run needs to know about a half-applied file. */
export async function readProgress(session: Session, place: HistoryPlace, id: string): Promise<Progress> {
  const [rows] = await session.query(
    `select statements_done, array_to_string(statement_hashes, ','), statement
       from ${identifier(place.schema, place.table)} where kind = 'migration' and id = ${literal(id)}`,
  );
  const [done, hashes, claimed] = rows?.[0] ?? [];
  return { done: Number(done ?? 0), hashes: hashes ? hashes.split(",") : [], claimed: claimed ?? undefined };
}

function parseRow(row: (string | null)[]): HistoryRow {
  return {
    kind: row[0] as Kind,
    id: row[1] ?? "",
    name: row[2] ?? "",
    checksum: row[3] ?? undefined,
    phase: row[4] === "contract" ? "contract" : "expand",
    breaking: row[5] === "t",
    state: row[6] as State,
    statementsDone: Number(row[7]),
    statementsTotal: Number(row[8]),
    statement: row[9] ?? undefined,
    error: row[10] ?? undefined,
    startedAt: time(row[11]),
    finishedAt: time(row[12]),
    release: row[13] ?? undefined,
    ...(row[16] && { reverting: { done: Number(row[16]), total: Number(row[17]) } }),
  };
}

function time(epoch: string | null | undefined): Date | undefined {
  return epoch ? new Date(Number(epoch) * 1000) : undefined;
}

function tooNew(verb: string, needed: number, place: HistoryPlace): SluiceError {
  return new SluiceError("SL4012", {
    params: { verb, needed, known: HISTORY_VERSION, table: `${place.schema}.${place.table}` },
  });
}
