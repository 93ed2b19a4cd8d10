import type { LockHolder, Retry } from "../databases/database.ts";
import type { Migration } from "../migrations/migration.ts";

/** What happens during a run, for logging; nothing in it decides anything. */
export type EngineEvent =
  | { type: "database-waiting"; target: string; reason: string }
  | { type: "database-created"; target: string }
  | { type: "ahead"; versions: string[] }
  | { type: "lock-waiting"; holder: LockHolder | undefined; waited: number }
  | { type: "orphan-ended"; holder: LockHolder }
  | { type: "lock-taken"; waited: number }
  | { type: "applying"; migration: Migration; statements: number; resumed: number | undefined }
  | { type: "progress"; migration: Migration; text: string }
  | { type: "retrying"; migration: Migration; retry: Retry }
  | {
      type: "reverting";
      migration: Migration;
      statements: number;
      from: "file" | "history";
      /** The file was changed after it was applied. */
      changed: boolean;
      resumed: number | undefined;
    }
  | { type: "reverted"; migration: Migration; duration: number }
  | { type: "applied"; migration: Migration; duration: number }
  | { type: "connection-lost"; migration: Migration | undefined };

export type Listener = (event: EngineEvent) => void;
