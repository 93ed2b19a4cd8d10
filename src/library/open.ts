import type { Database, RunMode } from "../databases/database.ts";
import { resolveUrl } from "../databases/target.ts";
import { runnerFrom } from "../engine/runner.ts";
import { SluiceError } from "../errors.ts";
import type { Migration, Warning } from "../migrations/migration.ts";
import { readMigrations } from "../migrations/read.ts";
import type { EventListener, WarningEvent } from "./events.ts";
import { abortSignal, address, duration, folders, text, variables } from "./read-options.ts";

/** How the options that all functions take are read. */
export const databaseReaders = {
  url: address,
  dir: folders,
  historySchema: text("public"),
  historyTable: text("sluice_history"),
  env: variables,
  signal: abortSignal,
};

/** The same of the functions that wait for a database. */
export const connectReaders = { ...databaseReaders, wait: duration("0") };

interface Settings {
  url: string | undefined;
  historySchema: string;
  historyTable: string;
  env: Readonly<Record<string, string | undefined>> | undefined;
}

type Warn = EventListener<WarningEvent>;

/**
 * The database that an application means. The driver is loaded here and not with the library: `pg` asks for
 * the global `Response` as it loads, and Node.js 20 then sets up its HTTP client.
 * @throws SluiceError SL3001 to SL3004 and what the connection settings are checked for.
 */
export async function databaseOf(
  settings: Settings,
  warn: Warn,
  mode: Partial<RunMode> = {},
): Promise<Database> {
  const { historySchema: schema, historyTable: table } = settings;
  const env = settings.env ?? process.env;
  const whole = { lock: "session", lease: 30_000, sessionPooler: false, role: undefined, ...mode } as const;
  const source = named(() => resolveUrl({ option: settings.url, env }));
  const { openDatabase } = await import("../databases/open.ts");
  const { database, warnings } = openDatabase(source, env, { schema, table }, runnerFrom(env), whole);
  for (const message of warnings) warn(warning({ text: message }));
  return database;
}

/** The ways to name a database are others here than on the command line. */
function named<T>(resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== "SL3001") throw error;
    throw new SluiceError("SL3001", {
      notes: [
        "the option url of the call",
        "SLUICE_URL, or DATABASE_URL: the URL in an environment variable",
        "SLUICE_URL_FILE, or DATABASE_URL_FILE: the path of a file that holds the URL (a mounted Secret)",
        "PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD or PGSERVICE, as for psql",
      ],
    });
  }
}

/**
 * The migrations of the folders, "migrations" where none is given.
 * @throws SluiceError SL2050 where there is not one: files that were not packed into an image look like this.
 */
export async function migrationsOf(dirs: string[] | undefined, warn: Warn): Promise<Migration[]> {
  const folders = dirs ?? ["migrations"];
  const { migrations, warnings } = await readMigrations(folders);
  for (const one of warnings) warn(warning(one));
  if (migrations.length > 0) return migrations;
  throw new SluiceError("SL2050", {
    params: { dirs: folders.join(", ") },
    hint: "check the option dir, and that the files are copied into the image; `npx sluice new NAME` makes a first one",
  });
}

/** An event for what is odd about a file, or about how the database was named. */
export function warning({ text: message, file, line }: Partial<Warning> & { text: string }): WarningEvent {
  const place = file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}: `;
  return { type: "warning", level: "warn", message: place + message, file, line };
}

/**
 * Does the work of one call under the application's signal, which is left without listeners afterwards: it
 * may live as long as the application.
 * @throws the signal's reason once it is aborted, unless an error of Sluice says more.
 */
export async function underSignal<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const pass = () => controller.abort(signal?.reason);
  if (signal?.aborted) pass();
  signal?.addEventListener("abort", pass);
  try {
    controller.signal.throwIfAborted();
    return await work(controller.signal);
  } catch (error) {
    // What fails after that is a consequence: a cancelled statement, a closed connection.
    if (controller.signal.aborted && !(error instanceof SluiceError)) throw controller.signal.reason;
    throw error;
  } finally {
    signal?.removeEventListener("abort", pass);
  }
}
