import { migrate as run } from "../engine/migrate.ts";
import { emitTo, publicEvent } from "./emit.ts";
import type { EventListener, MigrateEvent } from "./events.ts";
import { migrateReaders } from "./migrate-readers.ts";
import { databaseOf, migrationsOf, underSignal } from "./open.ts";
import type { ConnectOptions, Duration } from "./options.ts";
import { readOptions, versionOf } from "./read-options.ts";

/**
 * Options of `migrate`. What they mean in full, the command's reference says of the flags of the same names.
 */
export interface MigrateOptions extends ConnectOptions {
  /**
   * Which migrations run. Default "expand": while the replicas start, the old version still serves, and a
   * contract migration would take away what it uses. Run those afterwards: `npx sluice migrate --phase
   * contract`.
   */
  phase?: "expand" | "contract" | "all" | undefined;
  /** Stop after this version, written with or without leading zeros. */
  to?: string | undefined;
  /** Wait this long for another runner, then reject with exit 75. Default "15m". */
  lockWait?: Duration | undefined;
  /**
   * All lock waits of one file may add up to this; then it is rolled back and tried again. 0: no bound.
   * Default "2s".
   */
  lockTimeout?: Duration | undefined;
  /** Go on trying this long when locks are in the way, then reject with exit 75. Default "5m". */
  lockBudget?: Duration | undefined;
  /** Longest time for one statement; 0, the default, is no bound. */
  statementTimeout?: Duration | undefined;
  /** After the signal: let the statement in flight finish for this long, then cancel it. Default "20s". */
  grace?: Duration | undefined;
  /** What to do with the statement of a runner that is gone, which still holds the lock. Default "wait". */
  orphans?: "wait" | "cancel" | undefined;
  /** All files and their rows in one transaction, or nothing. Default false. */
  oneTransaction?: boolean | undefined;
  /** Create the database if it is missing. Default false. */
  createDatabase?: boolean | undefined;
  /** Roles that may read the history: those of applications that wait with `waitForSchema`, or of gates. */
  readers?: string | readonly string[] | undefined;
  /** "lease": a row instead of a session's lock, for poolers in transaction mode. Default "session". */
  lock?: "session" | "lease" | undefined;
  /** A lease without a sign of life for this long may be taken over. Default "30s". */
  lease?: Duration | undefined;
  /** "session": the pooler in between keeps one backend for each client. */
  pooler?: "session" | undefined;
  /** Role to run as (SET ROLE), which then owns what is made. */
  role?: string | undefined;
  onEvent?: EventListener<MigrateEvent> | undefined;
}

/** What a call of `migrate` did. */
export interface MigrateResult {
  /** The database, "user@host:port/name"; without a password. */
  target: string;
  /** What this call applied, in order; empty where another replica did it, or nothing was pending. */
  applied: { version: string; name: string; file: string; durationMs: number }[];
  /** How many of the files were applied before, or by another replica meanwhile. */
  alreadyApplied: number;
  /** Applied versions of which there is no file: the database is ahead of this version of the application. */
  ahead: string[];
}

/**
 * Applies the pending migrations of a folder, each exactly once, however many replicas call it at the same
 * time: one of them works, the others wait, and all succeed. Where nothing is pending, that is found out by
 * one query, without a lock. Safe to be killed at any point: the next call goes on.
 *
 * Prints nothing, listens to no signal of the process, and has closed its connections when it settles.
 * @returns what was done.
 * @throws SluiceError as the command exits: 2 configuration, 3 a migration failed and left nothing behind, 4
 * failed half-way, 5 files and history do not fit, 69 no database, 75 a lock not free in time; or the
 * signal's reason.
 */
export async function migrate(options: MigrateOptions = {}): Promise<MigrateResult> {
  const { dir, phase, to, signal, onEvent, pooler, lock, lease, role, ...rest } = readOptions(
    "migrate",
    migrateReaders,
    options,
  );
  const emit = emitTo(onEvent);
  const version = to === undefined ? undefined : versionOf("migrate", "to", to);
  const mode = { lock, lease, sessionPooler: pooler === "session", role };
  return underSignal(signal, async (inner) => {
    const database = await databaseOf(rest, emit, mode);
    const files = await migrationsOf(dir, emit);
    const { applied, alreadyApplied, ahead } = await run(database, files, {
      ...rest,
      to: version,
      phase: phase === "all" ? undefined : phase,
      signal: inner,
      on(event) {
        const told = publicEvent(event);
        if (told !== undefined) emit(told);
      },
    });
    const fileOf = new Map(files.map((file) => [file.version, file.file]));
    return {
      target: database.target,
      applied: applied.map(({ version: id, name, duration: durationMs }) => ({
        version: id,
        name,
        file: fileOf.get(id) ?? "",
        durationMs,
      })),
      alreadyApplied,
      ahead,
    };
  });
}
