import type { Database } from "../databases/database.ts";
import type { Condition } from "./condition.ts";
import { polledCondition } from "./poll.ts";

/**
 * Opens when the database takes the account and answers a query. It goes on trying on everything: a password or a
 * database may still come. No connection is held.
 */
export function databaseCondition(database: Database): Condition {
  return polledCondition("database", async () => {
    await database.ping();
    return { open: true };
  });
}
