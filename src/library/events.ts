/**
 * What every event has, so that one line logs them all: `(event) => log[event.level](event, event.message)`.
 */
interface Common {
  /** How much it matters; the command prints "debug" with --verbose only. */
  level: "debug" | "info" | "warn";
  /** The line that the command prints. For people: its words may change from version to version. */
  message: string;
}

/** The migration that an event is about. */
export interface MigrationName {
  version: string;
  name: string;
}

/** The session that holds the runner lock, as far as the server shows it to this account. */
export interface LockHolder {
  pid: number;
  /** Its application_name. */
  application: string;
  address: string | undefined;
  since: Date | undefined;
  /** Its last statement. */
  statement: string | undefined;
  /** Its client is gone, and what it runs still goes on. */
  orphan: boolean;
}

/** Something odd about a file or about how the database was named, that does not stop the call. */
export interface WarningEvent extends Common {
  type: "warning";
  file: string | undefined;
  line: number | undefined;
}

/** The database cannot be reached yet; said again when the reason changes. */
export interface DatabaseWaitingEvent extends Common {
  type: "database-waiting";
  target: string;
  reason: string;
}

/** `createDatabase` has created it. */
export interface DatabaseCreatedEvent extends Common {
  type: "database-created";
  target: string;
}

/**
 * The database has applied migrations of which there is no file: an older version of the application starts.
 */
export interface AheadEvent extends Common {
  type: "ahead";
  versions: string[];
}

/** Another runner is at work; said when the holder or its statement changes, and once a minute. */
export interface LockWaitingEvent extends Common {
  type: "lock-waiting";
  holder: LockHolder | undefined;
  waitedMs: number;
}

/** The runner lock was taken; migrations follow. */
export interface LockTakenEvent extends Common {
  type: "lock-taken";
  waitedMs: number;
}

/** With `orphans: "cancel"`: a session was ended whose runner is gone. */
export interface OrphanEndedEvent extends Common {
  type: "orphan-ended";
  holder: LockHolder;
}

/** A migration begins, or goes on where an earlier run stopped. */
export interface ApplyingEvent extends Common {
  type: "applying";
  migration: MigrationName;
  statements: number;
  /** Statements that an earlier run had finished; undefined where the migration begins. */
  resumedAfter: number | undefined;
}

/** A long statement is still running: how far it is, and whom it waits for. */
export interface ProgressEvent extends Common {
  type: "progress";
  migration: MigrationName;
  progress: string;
}

/**
 * Something that may pass was in the way (a lock, a deadlock): rolled back, and tried again after `delayMs`.
 */
export interface RetryingEvent extends Common {
  type: "retrying";
  migration: MigrationName;
  reason: string;
  /** Those in the way, one sentence each. */
  blockers: string[];
  delayMs: number;
}

/** A migration is committed. */
export interface AppliedEvent extends Common {
  type: "applied";
  migration: MigrationName;
  durationMs: number;
}

/** The connection was lost; it is made again, and the history says what became of the statement in flight. */
export interface ConnectionLostEvent extends Common {
  type: "connection-lost";
}

/** The gate is closed; said when the reason changes, and once a minute. */
export interface SchemaWaitingEvent extends Common {
  type: "schema-waiting";
  reason: string;
  waitedMs: number;
}

/** What `status` may report. */
export type StatusEvent = WarningEvent | DatabaseWaitingEvent;

/** What `waitForSchema` may report. */
export type WaitEvent = WarningEvent | SchemaWaitingEvent;

/**
 * What `migrate` may report. Further types, and further properties, may come with a new version: pass over
 * what you do not know.
 */
export type MigrateEvent =
  | WarningEvent
  | DatabaseWaitingEvent
  | DatabaseCreatedEvent
  | AheadEvent
  | LockWaitingEvent
  | LockTakenEvent
  | OrphanEndedEvent
  | ApplyingEvent
  | ProgressEvent
  | ProgressEvent
  | RetryingEvent
  | AppliedEvent
  | ConnectionLostEvent;

/** Every event of the library. */
export type SluiceEvent = MigrateEvent | WaitEvent | StatusEvent;

/**
 * Called with each event, synchronously. What it throws, or rejects with, becomes a warning of the process
 * and changes nothing else: a broken logger must not break a migration.
 */
export type EventListener<E extends SluiceEvent> = (event: E) => void;
