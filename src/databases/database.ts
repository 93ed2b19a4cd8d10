import type { Migration, Statement } from "../migrations/migration.ts";
import type { Accounts } from "./accounts.ts";
import type { ApplyOptions, Progress, Script } from "./script.ts";
import type { Upkeep } from "./upkeep.ts";

export type { ApplyOptions, Limits, Progress, Resume, Retry, Script, ScriptStatement } from "./script.ts";

export type State = "running" | "applied" | "failed" | "reverted";
export type Kind = "migration" | "run" | "baseline" | "lease";

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
  /** Set while its down part has begun and not ended; the other fields still speak of the up part. */
  reverting?: { done: number; total: number };
}

/** What the history table says; `exists: false` where there is none yet. */
export interface History {
  exists: boolean;
  rows: HistoryRow[];
  /** Set where a newer Sluice says that only writers of at least this version may write. */
  minWriter?: number;
}

/** The backend that holds the runner lock, as far as the server shows it to this account. */
export interface LockHolder {
  pid: number;
  application: string;
  address: string | undefined;
  since: Date | undefined;
  query: string | undefined;
  /** Its client is gone: what it runs still goes on, and it still holds the lock. */
  orphan: boolean;
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

/** How a run locks and as whom it works. */
export interface RunMode {
  lock: "session" | "lease";
  /** Milliseconds that a lease lasts without a sign of life. */
  lease: number;
  /** The user says that the pooler in between keeps one backend for each client. */
  sessionPooler: boolean;
  /** Role that the migrations run as (SET ROLE) and that owns what they make. */
  role: string | undefined;
}

/** A foreign command, as its row keeps it. */
export interface RunRecord {
  id: string;
  /** The command as one line, without secrets. */
  command: string;
  /** Whole fingerprint, where the ID is made of one. */
  checksum: string | undefined;
}

/** Names one try of a run: only the try that wrote the row may end it. */
export interface RunClaim {
  pid: number;
  started: string;
}

/** How a try ended. `running` stands for one that the next run repeats. */
export interface RunEnd {
  state: State;
  /** Undefined where the command could not be started. */
  exitStatus: number | undefined;
  /** Milliseconds. */
  duration: number;
  error: string | undefined;
  /** End of the output, without secrets. */
  output: string;
}

/** What a claimed statement left behind, seen in the catalogue. */
export type Finding =
  | { state: "done" }
  | { state: "absent" }
  /** `sql` clears the rest away, or finishes it; `done` says that nothing is left to run afterwards. */
  | { state: "partial"; sql: string; what: string; done: boolean }
  /** Cannot be seen while another session holds a lock; it may be about to let go. */
  | { state: "busy"; what: string }
  | { state: "unknown"; what: string };

/** One connection of a runner, a gate or `status`. Every method may throw ConnectionLost. */
export interface Connection extends Upkeep, Accounts {
  history(): Promise<History>;
  /**
   * Whether the history holds these files (in the order of their versions), applied and unchanged, and nothing else
   * that a plan depends on. False says nothing: the history is to be read then.
   */
  matches(files: readonly Migration[]): Promise<boolean>;
  progress(id: string): Promise<Progress>;
  /** Tries to take the runner lock once; never waits in the server. */
  tryLock(): Promise<boolean>;
  lockHolder(): Promise<LockHolder | undefined>;
  /** Ends the session of a runner that is gone, whose statement still runs and holds the lock. */
  endOrphan(pid: number): Promise<void>;
  /** Readers that lack a right on the history; the query is only made when there are readers. */
  missingGrants(readers: readonly string[]): Promise<string[]>;
  /** Makes the session fit to execute and the history table fit to write; the lock is held. */
  prepare(readers: readonly string[]): Promise<void>;
  analyse(migration: Migration, statements: Statement[]): Promise<Script>;
  /** Applies one file and records it. */
  apply(migration: Migration, script: Script, options: ApplyOptions): Promise<"applied" | "taken">;
  /** Records why a file failed; what it left behind is recorded already. */
  recordFailure(migration: Migration, script: Script, message: string): Promise<void>;
  /** Writes that a foreign command begins; the lock is held and the history prepared. */
  startRun(run: RunRecord): Promise<RunClaim>;
  /** Writes how it ended; needs no lock. @returns false where another try has begun since. */
  finishRun(id: string, claim: RunClaim, end: RunEnd): Promise<boolean>;
  /**
   * Asks the session that holds the lock for a sign of life, and keeps the server from ending it for being idle.
   * @param label what runs, for those who look at the session.
   * @throws where the lock is not held any more.
   */
  keepAlive(label: string): Promise<void>;
  /** Calls the listener once the connection is lost; not when it is closed. */
  onLost(listener: () => void): void;
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
  /**
   * Connects, asks one question (SELECT 1) and closes the connection.
   * @throws SluiceError where it does not answer.
   */
  ping(): Promise<void>;
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
