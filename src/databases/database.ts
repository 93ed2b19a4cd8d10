import type { Migration, Statement } from "../migrations/migration.ts";

/** One statement of a script, with what the engine must know before it sends it. */
export interface ScriptStatement extends Statement {
  /** First 16 hex digits of the SHA-256 of the text: tells a changed statement of a half-applied file. */
  hash: string;
  /** Cannot run inside a transaction block, so it is claimed before and confirmed after. */
  alone: boolean;
  /** Changes the session (SET, SET ROLE) for the statements behind it, so a resumed run replays it. */
  setsSession: boolean;
  /** Changes the role that the session acts as: the history must not be written as that role. */
  setsRole: boolean;
  /** The script chooses its own lock_timeout from here on. */
  setsLockTimeout: boolean;
  /** The parse tree, for looking whether a claimed statement took effect; undefined where it did not parse. */
  tree: Record<string, Record<string, unknown>> | undefined;
}

/** A migration's up or down part, ready to run. */
export interface Script {
  statements: ScriptStatement[];
  /** `transaction`: all of it and its history row in one. `steps`: statement by statement with recorded progress. */
  mode: "transaction" | "steps";
  /** May leave the session changed (settings, role, temporary tables), so it is reset before the next file. */
  dirtiesSession: boolean;
}

/** Upper bounds, in milliseconds, that hold for one file; 0 is no bound. */
export interface Limits {
  /** Time that all lock waits of one transaction may add up to. */
  lockTimeout: number;
  statementTimeout: number;
}

export type State = "running" | "applied" | "failed" | "reverted";
export type Kind = "migration" | "run" | "baseline";

/** What every reader of the history needs of a row. The table is documented in docs/reference/history-table.md. */
export interface HistoryRow {
  kind: Kind;
  id: string;
  name: string;
  checksum: string | undefined;
  phase: "expand" | "contract";
  breaking: boolean;
  state: State;
  statementsDone: number;
  statementsTotal: number;
  /** The statement that was claimed and not confirmed. */
  statement: string | undefined;
  error: string | undefined;
  startedAt: Date | undefined;
  finishedAt: Date | undefined;
  release: string | undefined;
}

/** What the history table says; `exists: false` where there is none yet. */
export interface History {
  exists: boolean;
  rows: HistoryRow[];
  /** Set where a newer Sluice says that only writers of at least this version may write. */
  minWriter?: number;
}

/** What is needed to resume a half-applied file. */
export interface Progress {
  done: number;
  hashes: string[];
  /** Text of the claimed statement, if one was in flight. */
  claimed: string | undefined;
}

/** The backend that holds the runner lock, as far as the server shows it to this account. */
export interface LockHolder {
  pid: number;
  application: string;
  address: string | undefined;
  since: Date | undefined;
  query: string | undefined;
}

/** Where the history lives. */
export interface HistoryPlace {
  schema: string;
  table: string;
}

/** Who runs, as the history keeps it and as sessions are named; undefined where it is not known. */
export interface Runner {
  host: string;
  pod: string | undefined;
  job: string | undefined;
  image: string | undefined;
  release: string | undefined;
  version: string;
}

/** What a claimed statement left behind, seen in the catalogue. */
export type Finding =
  | { state: "done" }
  | { state: "absent" }
  /** `sql` clears the rest away, or finishes it; `done` says that nothing is left to run afterwards. */
  | { state: "partial"; sql: string; what: string; done: boolean }
  | { state: "unknown"; what: string };

/** Where a half-applied file goes on. */
export interface Resume {
  done: number;
  /** The statement behind the finished ones that was sent and never confirmed. */
  claimed: ScriptStatement | undefined;
}

/** How one file is applied. */
export interface ApplyOptions {
  /** Where a half-applied file goes on; undefined begins it. */
  resume: Resume | undefined;
  limits: Limits;
  /** Milliseconds for which tries that fail for passing reasons (locks, deadlock) are repeated. */
  lockBudget: number;
  /** Wake the gates with the commit. */
  notify: boolean;
  signal: AbortSignal;
  /** A try failed for a passing reason and is made again after `delay` ms. */
  onRetry(retry: Retry): void;
}

export interface Retry {
  reason: string;
  delay: number;
  /** Those in the way, one sentence each. */
  blockers: string[];
}

/** One connection of a runner, a gate or `status`. Every method may throw ConnectionLost. */
export interface Connection {
  history(): Promise<History>;
  progress(id: string): Promise<Progress>;
  /** Tries to take the runner lock once; never waits in the server. */
  tryLock(): Promise<boolean>;
  lockHolder(): Promise<LockHolder | undefined>;
  /** Readers that lack a right on the history; the query is only made when there are readers. */
  missingGrants(readers: readonly string[]): Promise<string[]>;
  /** Makes the session fit to execute and the history table fit to write; the lock is held. */
  prepare(readers: readonly string[]): Promise<void>;
  analyse(migration: Migration, statements: Statement[]): Promise<Script>;
  /** Applies one file and records it. */
  apply(migration: Migration, script: Script, options: ApplyOptions): Promise<"applied" | "taken">;
  /** Records why a file failed; what it left behind is recorded already. */
  recordFailure(migration: Migration, script: Script, message: string): Promise<void>;
  /** Gives the session back as it was before a file. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A database that migrations are applied to. */
export interface Database {
  /** "user@host:port/name", for messages; never with the password. */
  readonly target: string;
  connect(): Promise<Connection>;
  reader(): HistoryReader;
  /** Creates the database if it is missing. @returns whether it did. */
  create(): Promise<boolean>;
}

/** Reads the history for a gate, with the rights of an application and as few connections as possible. */
export interface HistoryReader {
  /**
   * One read in one round trip.
   * @throws SluiceError for an unreachable database or missing rights, Migrating while a lock keeps readers out.
   */
  read(): Promise<History>;
  /** Waits until a runner says that something changed, the connection ends, or the time (ms) is over. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The history is locked by a session that changes it; it will be readable again. */
export class Migrating extends Error {
  override readonly name = "Migrating";
}
