import type { Connection, Database } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import { type ConnectOptions, connect } from "./connect.ts";

/** Milliseconds for which a lost connection is made again, at the least. */
const RECONNECT = 10_000;

/**
 * Connects and works, and does so again when the connection is lost meanwhile. What became of the work in flight is
 * for `work` to read in the history, under the lock: whoever has that knows that the earlier backend is gone.
 * @param work gets the connection, which is closed after it, and how often one was lost.
 * @throws SluiceError SL4032 (exit 69) when it was lost too often, and whatever `work` throws.
 */
export async function reconnecting<T>(
  database: Database,
  options: ConnectOptions,
  work: (connection: Connection, lost: number) => Promise<T>,
): Promise<T> {
  for (let lost = 0; ; lost++) {
    const wait = lost === 0 ? options.wait : Math.max(options.wait, RECONNECT);
    const createDatabase = options.createDatabase && lost === 0;
    const connection = await connect(database, { ...options, wait, createDatabase });
    try {
      return await work(connection, lost);
    } catch (error) {
      if (!(error instanceof Error && error.name === "ConnectionLost")) throw error;
      if (lost >= 5) throw new SluiceError("SL4032", { params: { target: database.target }, cause: error });
      options.on({ type: "connection-lost", migration: undefined });
    } finally {
      await connection.close();
    }
  }
}
