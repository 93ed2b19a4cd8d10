import type { LockHolder, Retry } from "../databases/database.ts";
import type { Migration } from "../migrations/migration.ts";

/** What happens during a run, for logging; nothing in it decides anything. */
export type EngineEvent =
  | { type: "database-waiting"; target: string; reason: string }
  | { type: "database-created"; target: string }
  | { type: "ahead"; versions: string[] }
  | { type: "lock-waiting"; holder: LockHolder | undefined; waited: number }
  | { type: "lock-taken"; waited: number }
  | { type: "applying"; migration: Migration; statements: number; resumed: number | undefined }
  | { type: "retrying"; migration: Migration; retry: Retry }
  | { type: "applied"; migration: Migration; duration: number }
  | { type: "connection-lost"; migration: Migration | undefined };

export type Listener = (event: EngineEvent) => void;
