/**
 * Sluice inside an application, for Node.js 20 and later and for Bun: the same engine as the command.
 * Importing it does nothing: no connection, no signal handler, no output.
 * @module
 */
export { SluiceError } from "./error.ts";
export type * from "./events.ts";
export { type MigrateOptions, type MigrateResult, migrate } from "./migrate.ts";
export type * from "./options.ts";
export { type MigrationStatus, type Status, type StatusOptions, status } from "./status.ts";
export { type WaitOptions, type WaitResult, waitForSchema } from "./wait.ts";
