import type { LockHolder } from "../database.ts";

/** How one runner keeps the others away. */
export interface Guard {
  /** The session stays the same between transactions, so SET, session locks and LISTEN work in it. */
  readonly sticky: boolean;
  /** SQL for the beginning of each transaction, ending in a semicolon: fails it when the lock is no longer held. */
  readonly fence: string;
  /** Tries once, without waiting in the server. */
  tryTake(): Promise<boolean>;
  holder(): Promise<LockHolder | undefined>;
  /** Gives the lock back; a lock that belongs to a session ends with it anyway. */
  release(): Promise<void>;
}
