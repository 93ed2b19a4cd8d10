import type { HistoryPlace, RunClaim, RunEnd, Runner, RunRecord } from "../../database.ts";
import type { Session } from "../session.ts";
import { identifier, literal } from "../sql.ts";
import { CHANNEL } from "./write.ts";

/** Start of the try in UTC to the microsecond: with the backend's pid it names one try for good. */
const STARTED = "to_char(started_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS.US')";

/** SQL for the beginning of the transaction, each part with its semicolon. */
export interface Preamble {
  /** A comment that says what runs. */
  label: string;
  /** Takes the role that owns the history. */
  role: string;
  /** Fails where the lock is not held any more. */
  fence: string;
}

/** Writes that a run begins, in place of what an earlier try has left; the lock is held. */
export async function startRun(
  session: Session,
  place: HistoryPlace,
  runner: Runner,
  run: RunRecord,
  preamble: Preamble,
): Promise<RunClaim> {
  const table = identifier(place.schema, place.table);
  const values: [column: string, value: string][] = [
    ["name", literal(run.command)],
    ["checksum", literal(run.checksum)],
    ["state", "'running'"],
    ["started_at", "clock_timestamp()"],
    ["finished_at", "null"],
    ["duration_ms", "null"],
    ["exit_status", "null"],
    ["error", "null"],
    ["output", "null"],
    ["backend_pid", "pg_backend_pid()"],
    ["account", "session_user"],
    ["host", literal(runner.host)],
    ["pod", literal(runner.pod)],
    ["job", literal(runner.job)],
    ["image", literal(runner.image)],
    ["release", literal(runner.release)],
    ["runner_version", literal(runner.version)],
  ];
  const results = await session.query(
    `${preamble.label}begin; ${preamble.role}${preamble.fence}
insert into ${table} (kind, id, ${values.map(([column]) => column).join(", ")})
  values ('run', ${literal(run.id)}, ${values.map(([, value]) => value).join(", ")})
  on conflict (kind, id) do update set ${values.map(([column]) => `${column} = excluded.${column}`).join(", ")}
  returning backend_pid, ${STARTED};
notify ${CHANNEL}, ${literal(`${place.schema}.${place.table}`)}; commit`,
  );
  // The last but two: in front of it stand as many statements as the preamble has.
  const [pid, started] = results.at(-3)?.[0] ?? [];
  return { pid: Number(pid), started: started ?? "" };
}

/** Writes how a run ended. @returns false where the row belongs to another try by now. */
export async function finishRun(
  session: Session,
  place: HistoryPlace,
  id: string,
  claim: RunClaim,
  end: RunEnd,
  preamble: Pick<Preamble, "role">,
): Promise<boolean> {
  const results = await session.query(
    `begin; ${preamble.role}
update ${identifier(place.schema, place.table)} set state = ${literal(end.state)},
  exit_status = ${literal(end.exitStatus)}, duration_ms = ${end.duration}, error = ${literal(end.error?.slice(0, 8000))},
  output = ${literal(end.output)}, finished_at = clock_timestamp()
  where kind = 'run' and id = ${literal(id)} and state = 'running' and backend_pid = ${claim.pid}
    and ${STARTED} = ${literal(claim.started)} returning id;
notify ${CHANNEL}, ${literal(`${place.schema}.${place.table}`)}; commit`,
  );
  return results.at(-3)?.length === 1;
}
