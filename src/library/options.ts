/**
 * A length of time: a number of milliseconds, or text with a unit as for the command: "500ms", "2s", "1h30m".
 */
export type Duration = number | string;

/** What all functions take. An unknown option, or a value of the wrong kind, is an error (exit 2). */
export interface DatabaseOptions {
  /**
   * The database: a PostgreSQL URL, or a libpq keyword string. Without it the environment says which:
   * SLUICE_URL, SLUICE_URL_FILE, DATABASE_URL, DATABASE_URL_FILE, PG*, in this order. `undefined` or an empty
   * text is an error, because it stands for a variable that is not set, and the next place might name another
   * database.
   */
  url?: string | URL;
  /** Folders of migration files: paths from the current folder, or file: URLs. Default "migrations". */
  dir?: string | URL | readonly (string | URL)[] | undefined;
  /** Schema of the history table. Default "public". */
  historySchema?: string | undefined;
  /** Name of the history table. Default "sluice_history". */
  historyTable?: string | undefined;
  /** Variables to look the database and the runner's identity up in. Default: those of the process. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Ends the call; it then rejects with the signal's reason. No signal of the process is listened to. */
  signal?: AbortSignal | undefined;
}

/** What the functions take that wait for a database. */
export interface ConnectOptions extends DatabaseOptions {
  /** Wait this long for a database that cannot be reached yet. Default 0: reject at once, with exit 69. */
  wait?: Duration | undefined;
}
