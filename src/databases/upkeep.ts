import type { Migration } from "../migrations/migration.ts";
import type { ApplyOptions, Progress, Script } from "./script.ts";

/** A down part as the history keeps it. */
export interface StoredDown {
  text: string;
  /** False where the file said `transaction=off`. */
  transaction: boolean;
}

/** A file and how it runs. */
export interface Part {
  migration: Migration;
  script: Script;
}

/** One change to the history that a person asked for, and that no statement of a file goes with. */
export type Amendment =
  /** Everything up to this version counts as applied. */
  | { type: "baseline"; version: string; name: string }
  /** The applied row takes over what the file says now. */
  | { type: "accept"; migration: Migration }
  /** Counts as applied; the file where there is one, else the row as it is. */
  | { type: "applied"; version: string; part: Part | undefined }
  /** As if it had never been applied. */
  | { type: "pending"; version: string }
  /** The claimed statement of a half-applied or half-reverted file took effect, or did not. */
  | { type: "statement"; version: string; tookEffect: boolean };

/** An index, as `repair index` must know it. */
export interface IndexState {
  schema: string;
  name: string;
  table: string;
  valid: boolean;
  /** `I`: of a partitioned table, which has no pages of its own. */
  kind: "i" | "I";
  /** Partition of another index, or behind a constraint: it cannot be dropped alone. */
  bound: "partition" | "constraint" | undefined;
  /** Left by REINDEX CONCURRENTLY beside the index that it was to replace. */
  leftover: boolean;
  /** Process that builds an index on its table, or keeps others from doing so. */
  builder: number | undefined;
  /** What drops it. */
  drop: string;
  /** What builds it again; undefined for a leftover. */
  create: string | undefined;
  tablespace: string | undefined;
}

/** What `down`, `baseline` and `repair` need of a connection, beside what a runner needs. */
export interface Upkeep {
  /** The down parts that the history keeps, by version; a version without one is missing. */
  storedDowns(versions: readonly string[]): Promise<Map<string, StoredDown>>;
  /** How far a half-reverted file is. */
  downProgress(version: string): Promise<Progress>;
  /** Runs a down part and records it. `migration` and `script` are those of the down part. */
  revert(migration: Migration, script: Script, options: ApplyOptions): Promise<void>;
  /** Records why a down part failed; a file that it left untouched counts as applied as before. */
  recordDownFailure(version: string, message: string): Promise<void>;
  /** Applies several files and their rows in one transaction. @returns the milliseconds that each took. */
  applyTogether(parts: readonly Part[], options: ApplyOptions): Promise<number[]>;
  /** Writes one change, in one transaction, and wakes the gates. */
  amend(change: Amendment): Promise<void>;
  /** Indexes of that name, written with or without a schema. */
  findIndexes(name: string): Promise<IndexState[]>;
  /** Names of the INVALID indexes of the database that are no partitioned ones. */
  invalidIndexes(): Promise<string[]>;
  /** Drops an index and builds it again, outside of a transaction. */
  rebuildIndex(index: IndexState, signal: AbortSignal): Promise<void>;
}
