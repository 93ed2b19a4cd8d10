import type { Connection, Database, RunClaim, RunEnd } from "../../databases/database.ts";
import { SluiceError } from "../../errors.ts";
import { connect } from "../connect.ts";
import type { Listener } from "../events.ts";

/** Milliseconds for which a lost connection is made again, at the least. */
export const RECONNECT = 30_000;

export interface Try {
  database: Database;
  /** The one that holds the lock, or held it. */
  connection: Connection;
  id: string;
  claim: RunClaim;
  on: Listener;
}

/**
 * Records how a try ended; over a new connection where the one with the lock is gone. That needs no lock: only the row
 * that this very try began is ended.
 * @throws SluiceError SL4213 (exit 69) where it cannot be recorded, or another runner has begun a try since.
 */
export async function recordEnd(one: Try, end: RunEnd): Promise<void> {
  const { connection, id, claim, on } = one;
  let recorded: boolean;
  try {
    recorded = await connection.finishRun(id, claim, end);
  } catch (error) {
    if (!(error instanceof Error && error.name === "ConnectionLost")) throw unrecorded(id, end, error);
    on({ type: "connection-lost", migration: undefined });
    recorded = await recordAgain(one, end);
  }
  if (!recorded) throw unrecorded(id, end, new Error("another runner has started it since"));
}

async function recordAgain({ database, id, claim, on }: Try, end: RunEnd): Promise<boolean> {
  // Not the signal of the run: what has been done is written down also when we are asked to end.
  const { signal } = new AbortController();
  try {
    const connection = await connect(database, { wait: RECONNECT, createDatabase: false, signal, on });
    try {
      return await connection.finishRun(id, claim, end);
    } finally {
      await connection.close();
    }
  } catch (error) {
    throw unrecorded(id, end, error);
  }
}

function unrecorded(id: string, end: RunEnd, cause: unknown): SluiceError {
  const how =
    end.exitStatus === undefined ? "could not be started" : `ended with exit status ${end.exitStatus}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError("SL4213", { params: { id, how, reason }, cause });
}
