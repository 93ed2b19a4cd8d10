import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "../../errors.ts";
import { connectClient } from "./connection/connect.ts";
import type { Settings } from "./connection/settings.ts";
import { identifier } from "./sql.ts";
import { hasState, SQLSTATE } from "./sqlstate.ts";

/**
 * Creates the database that the settings name, from the maintenance database `postgres` (else `template1`).
 * Several may try at once: CREATE DATABASE has no IF NOT EXISTS, so who comes second gets 42P04 or 23505, which is
 * success, or 55006 while the template is being copied, which passes.
 * @returns whether this call made it.
 * @throws SluiceError SL3057 where the account may not create databases.
 */
export async function createDatabase(settings: Settings): Promise<boolean> {
  const client = await connectMaintenance(settings);
  try {
    const found = await client.query("select 1 from pg_catalog.pg_database where datname = $1", [
      settings.database,
    ]);
    if (found.rows.length > 0) return false;
    for (let tries = 0; ; tries++) {
      try {
        await client.query(`create database ${identifier(settings.database)}`);
        return true;
      } catch (error) {
        if (hasState(error, SQLSTATE.duplicateDatabase, SQLSTATE.uniqueViolation)) return false;
        if (hasState(error, SQLSTATE.noPrivilege)) {
          throw new SluiceError("SL3057", {
            params: { database: settings.database, user: settings.user },
            cause: error,
          });
        }
        if (!hasState(error, SQLSTATE.objectInUse) || tries >= 50) throw error;
        await sleep(100 + Math.random() * 100);
      }
    }
  } finally {
    await client.end();
  }
}

async function connectMaintenance(settings: Settings) {
  const options = { applicationName: "sluice" };
  try {
    return await connectClient({ ...settings, database: "postgres" }, options);
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === "SL3033")) throw error;
    return connectClient({ ...settings, database: "template1" }, options);
  }
}
