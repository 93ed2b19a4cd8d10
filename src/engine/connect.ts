import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, Database } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import type { Listener } from "./events.ts";

export interface ConnectOptions {
  /** Milliseconds to wait for a database that cannot be reached yet; 0 tries once. */
  wait: number;
  createDatabase: boolean;
  signal: AbortSignal;
  on: Listener;
}

/**
 * Connects, and waits with back-off while the database cannot be reached (exit 69). What waiting cannot mend, such as
 * a wrong password, ends at once.
 */
export async function connect(database: Database, options: ConnectOptions): Promise<Connection> {
  const end = performance.now() + options.wait;
  let said = "";
  for (let pause = 100; ; pause = Math.min(2000, pause * 1.6)) {
    options.signal.throwIfAborted();
    try {
      if (options.createDatabase && (await database.create())) {
        options.on({ type: "database-created", target: database.target });
      }
      return await database.connect();
    } catch (error) {
      if (!(error instanceof SluiceError) || error.exit !== 69) throw error;
      const delay = pause * (0.75 + Math.random() / 2);
      if (performance.now() + delay > end) throw error;
      if (said !== error.message) {
        said = error.message;
        options.on({ type: "database-waiting", target: database.target, reason: error.message });
      }
      await pauseFor(delay, options.signal);
    }
  }
}

/** Sleeps, but no longer than until the run is cancelled. */
export async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
}
