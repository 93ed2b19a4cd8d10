import type { Connection, Database } from "../databases/database.ts";
import type { Amendment, Part } from "../databases/upkeep.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";
import { statementsOf } from "../migrations/read.ts";
import type { ConnectOptions } from "./connect.ts";
import { acquireLock, type LockOptions } from "./lock.ts";
import { reconnecting } from "./reconnect.ts";
import { planRepair, type RowRepair } from "./repair-plan.ts";

export interface RepairOptions extends ConnectOptions, LockOptions {
  /** Asks whether to go on; throws where the answer is no. Called once, before the lock is taken. */
  confirm(shown: RowRepair): Promise<void>;
}

/** What a repair found and did. */
export interface RepairOutcome {
  repair: RowRepair;
  /** False where nothing was to be done. */
  changed: boolean;
}

/**
 * Settles what the history says about one migration, after it was shown and confirmed.
 * @param what `checksum` accepts the file's text, `applied` counts it as applied, `pending` lets it run again.
 * @throws SluiceError SL4141 and SL4142 (exit 2), SL4145 (exit 5), SL4107 (exit 5) where the history changed between
 * the question and the lock.
 */
export async function repair(
  database: Database,
  files: readonly Migration[],
  what: "checksum" | "applied" | "pending",
  version: string,
  options: RepairOptions,
): Promise<RepairOutcome> {
  const file = files.find((one) => one.version === version);
  let shown: RowRepair | undefined;
  return reconnecting(database, options, async (connection) => {
    const look = async () => planRepair(what, version, file, await connection.history());
    const found = await look();
    if (!found.needed) return { repair: shown ?? found, changed: shown !== undefined };
    if (shown === undefined) await options.confirm(found);
    shown ??= found;
    // Nobody else can do what a person has decided here, so only the lock ends the wait.
    await acquireLock(connection, async () => false, options);
    await connection.prepare([]);
    const now = await look();
    if (JSON.stringify(now) !== JSON.stringify(shown)) {
      const state = now.before === undefined ? "is gone" : `is ${now.before.state} now`;
      throw new SluiceError("SL4107", { params: { what: `migration ${version} ${state}` } });
    }
    await connection.amend(await amendmentFor(connection, now, file));
    return { repair: now, changed: true };
  });
}

async function amendmentFor(
  connection: Connection,
  { action, version }: RowRepair,
  file: Migration | undefined,
): Promise<Amendment> {
  switch (action) {
    case "accept":
      return { type: "accept", migration: file as Migration };
    case "apply":
      return { type: "applied", version, part: file && (await partOf(connection, file)) };
    case "unrevert":
      return { type: "applied", version, part: undefined };
    case "forget":
      return { type: "pending", version };
    case "statement-done":
      return { type: "statement", version, tookEffect: true };
    case "statement-undone":
      return { type: "statement", version, tookEffect: false };
  }
}

async function partOf(connection: Connection, migration: Migration): Promise<Part> {
  return { migration, script: await connection.analyse(migration, statementsOf(migration)) };
}
