import type { Connection, Database } from "../databases/database.ts";
import type { IndexState } from "../databases/upkeep.ts";
import { SluiceError } from "../errors.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import { acquireLock, type LockOptions } from "./lock.ts";

export interface IndexRepairOptions extends ConnectOptions, LockOptions {
  /** Asks whether to go on; throws where the answer is no. */
  confirm(shown: IndexState): Promise<void>;
}

/**
 * Drops an INVALID index and builds it again, both CONCURRENTLY, after it was shown and confirmed.
 * @param name exactly as in the catalogue, with or without its schema.
 * @returns the index as it was.
 * @throws SluiceError SL4150 and SL4151 (exit 2), SL4152 (exit 75), SL4153 (exit 4), SL4032 (exit 69).
 */
export async function repairIndex(
  database: Database,
  name: string,
  options: IndexRepairOptions,
): Promise<IndexState> {
  const connection = await connect(database, options);
  try {
    const shown = await find(connection, name);
    await options.confirm(shown);
    await acquireLock(connection, async () => false, options);
    await connection.prepare([]);
    const index = await find(connection, name);
    if (index.create !== shown.create)
      throw new SluiceError("SL4107", { params: { what: `index ${name} is another one now` } });
    await rebuild(connection, index, options.signal);
    return index;
  } catch (error) {
    if (!(error instanceof Error && error.name === "ConnectionLost")) throw error;
    throw new SluiceError("SL4032", { params: { target: database.target }, cause: error });
  } finally {
    await connection.close();
  }
}

async function rebuild(connection: Connection, index: IndexState, signal: AbortSignal): Promise<void> {
  const name = `${index.schema}.${index.name}`;
  try {
    await connection.rebuildIndex(index, signal);
  } catch (error) {
    if (!(error instanceof Error) || error.name === "ConnectionLost" || error instanceof SluiceError)
      throw error;
    throw new SluiceError("SL4153", {
      params: { name, reason: error.message },
      notes: index.create === undefined ? [] : [`${index.create};`],
      cause: error,
    });
  }
  const [after] = await connection.findIndexes(name);
  if (index.create === undefined || after?.valid) return;
  throw new SluiceError("SL4153", {
    params: { name, reason: "it is not valid" },
    notes: [`${index.create};`],
  });
}

async function find(connection: Connection, name: string): Promise<IndexState> {
  const found = await connection.findIndexes(name);
  const [index] = found;
  if (index === undefined) {
    const invalid = await connection.invalidIndexes();
    const list =
      invalid.length === 0 ? "no index of this database is INVALID" : `INVALID: ${invalid.join(", ")}`;
    throw new SluiceError("SL4150", { params: { name }, notes: [list] });
  }
  const full = `${index.schema}.${index.name}`;
  const refuse = (reason: string, next: string): never => {
    throw new SluiceError("SL4151", { params: { name: full, reason, next } });
  };
  if (found.length > 1) {
    const names = found.map((one) => `${one.schema}.${one.name}`).join(", ");
    refuse("several have this name", `Write it with its schema: ${names}.`);
  }
  if (index.valid) refuse("it is valid", "Nothing needs to be done.");
  if (index.kind === "I")
    refuse(
      "it is the index of a partitioned table, which becomes valid when each partition has its part",
      "Create the missing indexes on the partitions and attach them (ALTER INDEX ... ATTACH PARTITION).",
    );
  if (index.bound === "partition")
    refuse("it is a partition of another index", `Rebuild it in place: REINDEX INDEX CONCURRENTLY ${full}.`);
  if (index.bound === "constraint")
    refuse("it belongs to a constraint", `Rebuild it in place: REINDEX INDEX CONCURRENTLY ${full}.`);
  if (index.builder !== undefined)
    throw new SluiceError("SL4152", { params: { name: full, table: index.table, pid: index.builder } });
  return index;
}
