/** Version of the table that this Sluice writes and reads. */
export const HISTORY_VERSION = 1;

export interface Column {
  name: string;
  type: string;
  /** Part of version 1, so always there; later columns are nullable and may be missing in an older table. */
  constraint?: string;
  /** Not granted to readers: a gate does not need it, and it may hold what an application must not see. */
  hidden?: true;
  about: string;
}

/**
 * The columns of the history, a public contract (docs/reference/history-table.md is generated from this list).
 * A later version only appends nullable columns.
 */
export const COLUMNS: readonly Column[] = [
  {
    name: "kind",
    type: "text",
    constraint: "not null",
    about: "`migration`, `run`, `baseline`, or `lease` (the one row of `--lock lease`).",
  },
  {
    name: "id",
    type: "text",
    constraint: "not null",
    about: "Version of the migration, without leading zeros; ID of a run.",
  },
  {
    name: "name",
    type: "text",
    constraint: "not null",
    about: "Name of the migration, from its file name; command of a run.",
  },
  {
    name: "checksum",
    type: "text",
    about: "SHA-256, hexadecimal, of the up part: no BOM, CRLF as LF, comments included.",
  },
  { name: "phase", type: "text", constraint: "not null default 'expand'", about: "`expand` or `contract`." },
  {
    name: "breaking",
    type: "boolean",
    constraint: "not null default false",
    about: "Older versions of the application must not run past this migration.",
  },
  { name: "requires", type: "text[]", about: "Versions that the file names in `requires`." },
  {
    name: "state",
    type: "text",
    constraint: "not null",
    about: "`running` (also: left half-way), `applied`, `failed` or `reverted`.",
  },
  {
    name: "statements_done",
    type: "integer",
    constraint: "not null default 0",
    about: "Statements that are finished and committed.",
  },
  {
    name: "statements_total",
    type: "integer",
    constraint: "not null default 0",
    about: "Statements in the file.",
  },
  {
    name: "statement_hashes",
    type: "text[]",
    about:
      "First 16 hexadecimal digits of the SHA-256 of each statement, for files that run statement by statement.",
  },
  {
    name: "statement",
    type: "text",
    about: "The statement in flight that cannot run in a transaction; null when none is.",
  },
  { name: "statement_started_at", type: "timestamptz", about: "When that statement was sent." },
  { name: "backend_pid", type: "integer", about: "Process of the server that runs it." },
  {
    name: "backend_start",
    type: "timestamptz",
    about: "Start of that process; with the pid it names one session for good.",
  },
  {
    name: "started_at",
    type: "timestamptz",
    constraint: "not null default clock_timestamp()",
    about: "When it began; of a file that was continued, when its first try began.",
  },
  { name: "finished_at", type: "timestamptz", about: "When the migration was complete, or failed." },
  {
    name: "duration_ms",
    type: "bigint",
    about: "From `started_at` to `finished_at`, in milliseconds; null while it is not applied.",
  },
  { name: "account", type: "text", about: "Database account that ran it (session_user)." },
  { name: "host", type: "text", about: "Host name of the runner." },
  {
    name: "pod",
    type: "text",
    about: "Pod of the runner (SLUICE_POD, else the host name inside a cluster).",
  },
  { name: "job", type: "text", about: "Job of the runner (SLUICE_JOB)." },
  { name: "image", type: "text", about: "Image of the runner (SLUICE_IMAGE)." },
  { name: "release", type: "text", about: "Release that brought it (SLUICE_RELEASE)." },
  { name: "runner_version", type: "text", about: "Version of Sluice that wrote the row." },
  {
    name: "down",
    type: "text",
    hidden: true,
    about: "The down part, so that an older image can still revert it.",
  },
  { name: "error", type: "text", about: "Why the last try failed; null once it is applied." },
  {
    name: "output",
    type: "text",
    hidden: true,
    about: "End of the output of a run, at most 64 KiB, without secrets.",
  },
  {
    name: "min_writer",
    type: "integer",
    constraint: `not null default ${HISTORY_VERSION}`,
    about: "Oldest version of this table that a writer must know to write beside this row.",
  },
  {
    name: "min_reader",
    type: "integer",
    constraint: `not null default ${HISTORY_VERSION}`,
    about: "Oldest version of this table that a reader must know to understand this row.",
  },
  {
    name: "exit_status",
    type: "integer",
    about: "Exit status of a run; 128 and the number of the signal that ended it.",
  },
  {
    name: "down_transaction",
    type: "boolean",
    about: "False where the file says `transaction=off`: its down part runs statement by statement, too.",
  },
  {
    name: "down_done",
    type: "integer",
    about: "Finished statements of the down part of a half-reverted file; null where nobody reverts it.",
  },
  { name: "down_total", type: "integer", about: "Statements in the down part that is being run." },
  {
    name: "down_hashes",
    type: "text[]",
    about: "As `statement_hashes`, of the down part that is being run.",
  },
];

/** What `readers` are granted. */
export const READABLE: readonly string[] = COLUMNS.filter((column) => !column.hidden).map(
  (column) => column.name,
);
