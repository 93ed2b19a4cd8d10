import { readStatus } from "../engine/status.ts";
import { emitTo, publicEvent } from "./emit.ts";
import type { EventListener, StatusEvent } from "./events.ts";
import { connectReaders, databaseOf, migrationsOf, underSignal } from "./open.ts";
import type { ConnectOptions } from "./options.ts";
import { listener, readOptions } from "./read-options.ts";

/** Options of `status`. */
export interface StatusOptions extends ConnectOptions {
  onEvent?: EventListener<StatusEvent> | undefined;
}

/** One migration, as files and history say together. */
export interface MigrationStatus {
  version: string;
  name: string;
  phase: "expand" | "contract";
  /** `baseline`: taken over with a database that had it already. */
  state: "pending" | "applied" | "running" | "failed" | "baseline";
  appliedAt: Date | undefined;
  /** Applied, but there is no file of it. */
  ahead: boolean;
  /** Applied from another text than the file holds now. */
  changed: boolean;
  /** Why it failed. */
  error: string | undefined;
  /** Statements of a half-applied file. */
  progress: { done: number; total: number } | undefined;
}

/** What `status` resolves to. */
export interface Status {
  /** The database, "user@host:port/name"; without a password. */
  target: string;
  /** In the order of their versions. */
  migrations: MigrationStatus[];
  /** How many files are not applied, of both phases. */
  pending: number;
}

const statusReaders = { ...connectReaders, onEvent: listener<StatusEvent>() };

/**
 * Says which migrations are applied, pending or failed. One query; changes nothing and takes no lock.
 * @throws SluiceError exit 2 for wrong configuration, 69 for a database out of reach; or the signal's reason.
 */
export async function status(options: StatusOptions = {}): Promise<Status> {
  const { dir, wait, signal, onEvent, ...rest } = readOptions("status", statusReaders, options);
  const emit = emitTo(onEvent);
  return underSignal(signal, async (inner) => {
    const database = await databaseOf(rest, emit);
    const files = await migrationsOf(dir, emit);
    const { migrations, pending } = await readStatus(database, files, {
      wait,
      createDatabase: false,
      signal: inner,
      on(event) {
        const told = publicEvent(event);
        if (told?.type === "database-waiting") emit(told);
      },
    });
    const shown = migrations.map(
      ({ version, name, phase, state, appliedAt, ahead, changed, error, progress }): MigrationStatus => {
        return { version, name, phase, state, appliedAt, ahead, changed, error, progress };
      },
    );
    return { target: database.target, migrations: shown, pending };
  });
}
