import type { MigrateEvent } from "./events.ts";
import { connectReaders } from "./open.ts";
import { choice, duration, flag, listener, text, texts } from "./read-options.ts";

/**
 * How each option of `migrate` is read, and what it is unless given: as on the command line, but for the
 * phase.
 */
export const migrateReaders = {
  ...connectReaders,
  phase: choice(["expand", "contract", "all"], "expand"),
  to: text(undefined),
  lockWait: duration("15m"),
  lockTimeout: duration("2s"),
  lockBudget: duration("5m"),
  statementTimeout: duration("0"),
  grace: duration("20s"),
  orphans: choice(["wait", "cancel"], "wait"),
  oneTransaction: flag,
  createDatabase: flag,
  readers: texts,
  lock: choice(["session", "lease"], "session"),
  lease: duration("30s"),
  pooler: choice(["session"], undefined),
  role: text(undefined),
  onEvent: listener<MigrateEvent>(),
};
