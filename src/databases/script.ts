import type { Statement } from "../migrations/migration.ts";

/** One statement of a script, with what the engine must know before it sends it. */
export interface ScriptStatement extends Statement {
  /** First 16 hex digits of the SHA-256 of the text: tells a changed statement of a half-applied file. */
  hash: string;
  /** Cannot run inside a transaction block, so it is claimed before and confirmed after. */
  alone: boolean;
  /** Changes the session (SET, SET ROLE) for the statements behind it, so a resumed run replays it. */
  setsSession: boolean;
  /** The script chooses its own lock_timeout from here on. */
  setsLockTimeout: boolean;
  /**
   * The parse tree, for looking whether a claimed statement took effect; undefined where it did not parse, or where
   * the statement is certainly none that can be claimed.
   */
  readonly tree: Record<string, Record<string, unknown>> | undefined;
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

/** What is needed to resume a half-applied file. */
export interface Progress {
  done: number;
  hashes: string[];
  /** Text of the claimed statement, if one was in flight. */
  claimed: string | undefined;
}

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
  /** Milliseconds that the statement in flight may go on after the signal. */
  grace: number;
  /** Milliseconds for which tries that fail for passing reasons (locks, deadlock) are repeated. */
  lockBudget: number;
  /** The history has a row of it already: of a failed try, or of one that was reverted. */
  replaces: boolean;
  /** Wake the gates with the commit. */
  notify: boolean;
  signal: AbortSignal;
  /** A try failed for a passing reason and is made again after `delay` ms. */
  onRetry(retry: Retry): void;
  /** Told now and then how far a long statement is, and whom it waits for. */
  onProgress?: (progress: string) => void;
}

export interface Retry {
  reason: string;
  delay: number;
  /** Those in the way, one sentence each. */
  blockers: string[];
}
