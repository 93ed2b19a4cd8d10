import type { Connection, Database } from "../databases/database.ts";

/** A database to which the first connection is being made already. */
export interface EarlyDatabase extends Database {
  /** Ends that connection where nobody has asked for it; for when it turns out not to be needed. Never fails. */
  abandon(): Promise<void>;
}

/** Longest wait for a connection that is being made only to be closed, in milliseconds. */
const PATIENCE = 1000;

/**
 * Begins to connect, so that something else (reading a thousand files) can be done meanwhile. Whether that fails is
 * told to the first who calls `connect`; later calls connect anew.
 */
export function connectEarly(database: Database): EarlyDatabase {
  let first: Promise<Connection> | undefined = database.connect();
  first.catch(() => undefined);
  const take = () => {
    const taken = first;
    first = undefined;
    return taken;
  };
  return {
    ...database,
    connect: () => take() ?? database.connect(),
    async abandon() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE);
      });
      const closed = take()
        ?.then((connection) => connection.close())
        .catch(() => undefined);
      await Promise.race([closed, late]);
      clearTimeout(timer);
    },
  };
}
