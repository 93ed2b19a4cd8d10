import type { Connection, Script } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";

/** Failures show in the history, where gates and `status` read them; a lost connection cannot be written down. */
export async function recordFailure(
  connection: Connection,
  migration: Migration,
  script: Script,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const message = signal.aborted
    ? "interrupted by a signal"
    : error instanceof SluiceError && (error.exit === 3 || error.exit === 4)
      ? [reasonOf(error), ...error.notes].join("\n")
      : undefined;
  if (message === undefined) return;
  await connection.recordFailure(migration, script, message).catch(() => undefined);
}

/** The server's own words where there are some: what they are about, the row says already. */
function reasonOf(error: SluiceError): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
