import { hash } from "node:crypto";
import type { Migration } from "../../../migrations/migration.ts";
import type { HistoryPlace } from "../../database.ts";
import type { Session } from "../session.ts";
import { identifier } from "../sql.ts";
import { isServerError } from "../sqlstate.ts";
import { HISTORY_VERSION } from "./columns.ts";

/**
 * Whether exactly these files are applied, unchanged, and nothing else stands in the history but runs and leases: then
 * there is nothing to decide. The server digests the rows, so that a thousand of them cost one row; `false` says
 * nothing, not even that the history can be read.
 * @param files in the order of their versions.
 */
export async function historyMatches(
  session: Session,
  place: HistoryPlace,
  files: readonly Migration[],
): Promise<boolean> {
  try {
    const [rows] = await session.query(selectDigest(place));
    const [digest, needed] = rows?.[0] ?? [];
    return Number(needed) <= HISTORY_VERSION && digest === hash("sha256", describe(files));
  } catch (error) {
    // No table, no right, an older server: who reads the history next says so.
    if (isServerError(error)) return false;
    throw error;
  }
}

/** One line a row; a row that is being reverted is still `applied`. Order as compareVersions has it. */
function selectDigest(place: HistoryPlace): string {
  return `select d.* from (select null::integer as down_done) older cross join lateral
    (select encode(sha256(convert_to(string_agg(concat_ws(':', kind, id, coalesce(checksum, ''), state, down_done), ','
      order by length(id), id collate "C") filter (where kind not in ('run', 'lease')), 'UTF8')), 'hex'), max(min_reader)
    from ${identifier(place.schema, place.table)}) d`;
}

function describe(files: readonly Migration[]): string {
  return files.map(({ version, checksum }) => `migration:${version}:${checksum}:applied`).join(",");
}
