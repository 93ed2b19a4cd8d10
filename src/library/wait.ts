import { waitForAll } from "../gate/gate.ts";
import { schemaTarget } from "../gate/schema-target.ts";
import { emitTo } from "./emit.ts";
import type { EventListener, WaitEvent } from "./events.ts";
import { databaseOf, databaseReaders, underSignal, warning } from "./open.ts";
import type { DatabaseOptions, Duration } from "./options.ts";
import { duration, flag, listener, readOptions, texts, versionOf } from "./read-options.ts";

/** Options of `waitForSchema`. */
export interface WaitOptions extends DatabaseOptions {
  /**
   * Wait for exactly these versions instead of all that the folder asks for. Without `dir` no folder is read
   * then.
   */
  require?: string | readonly string[] | undefined;
  /** Reject with SL5001 (exit 124) after this long. Default: wait for ever. */
  timeout?: Duration | undefined;
  /** Reject with exit 3 when a required migration has failed, with exit 5 when the database does not fit. */
  failFast?: boolean | undefined;
  onEvent?: EventListener<WaitEvent> | undefined;
}

/** What `waitForSchema` resolves to. */
export interface WaitResult {
  /** The database, "user@host:port/name"; without a password. */
  target: string;
  waitedMs: number;
}

const waitReaders = {
  ...databaseReaders,
  require: texts,
  timeout: duration(),
  failFast: flag,
  onEvent: listener<WaitEvent>(),
};

/**
 * Resolves when the schema that this version of the application needs is there, and not before: every expand
 * migration of the folder, and every contract migration that one of these requires, is applied from the same
 * text. Missing information (no history, no server, no right to read) keeps it waiting; wrong usage rejects
 * at once. Needs no right but to read the history, holds no connection between two reads, and applies
 * nothing.
 * @throws SluiceError SL5001 (124), with `failFast` SL5003 (3) and SL5004 (5), SL5002 (2) where nothing is
 * required; or the signal's reason.
 */
export async function waitForSchema(options: WaitOptions = {}): Promise<WaitResult> {
  const { dir, require, timeout, failFast, signal, onEvent, ...rest } = readOptions(
    "waitForSchema",
    waitReaders,
    options,
  );
  const emit = emitTo(onEvent);
  const versions = require.map((one) => versionOf("waitForSchema", "require", one));
  return underSignal(signal, async (inner) => {
    const database = await databaseOf(rest, emit);
    const condition = await schemaTarget({
      database: () => database,
      dirs: dir ?? (versions.length > 0 ? [] : ["migrations"]),
      require: versions,
      warn: (text) => emit(warning({ text })),
    });
    const { waited } = await waitForAll([condition], {
      timeout,
      failFast,
      signal: inner,
      say(_, reason, waitedMs) {
        const message = `waiting for schema: ${reason}`;
        emit({ type: "schema-waiting", level: "info", message, reason, waitedMs });
      },
    });
    return { target: database.target, waitedMs: waited };
  });
}
