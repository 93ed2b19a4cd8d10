import type { Client } from "pg";
import { ConnectionLost, endsSession, isServerError } from "./sqlstate.ts";

/** Rows of one statement; every value is text or null, as the simple protocol delivers it. */
export type Rows = (string | null)[][];

/**
 * One connection. Everything goes by the simple query protocol: several statements in one round trip, and no
 * unnamed portal whose snapshot would make CREATE INDEX CONCURRENTLY elsewhere wait for this session.
 */
export interface Session {
  /** The server process that the connection's key data names; behind a pooler not the one that works. */
  readonly pid: number;
  /**
   * Sends one simple query and waits for its end.
   * @returns the rows of each statement in it.
   * @throws ServerError for the server's answer, ConnectionLost when the connection ends.
   */
  query(sql: string): Promise<Rows[]>;
  onNotice(listener: (severity: string, message: string) => void): void;
  onNotification(listener: (payload: string) => void): void;
  onLost(listener: () => void): void;
  /** Ends the connection at once, without a word to a server that does not answer; the query in flight fails. */
  abandon(): void;
  close(): Promise<void>;
}

export function openSession(client: Client): Session {
  let lost = false;
  const lostListeners: (() => void)[] = [];
  const ended = () => {
    if (lost) return;
    lost = true;
    for (const listener of lostListeners) listener();
  };
  client.on("error", ended);
  client.on("end", ended);
  return {
    pid: (client as unknown as { processID: number }).processID,
    async query(sql) {
      if (lost) throw new ConnectionLost("the connection to the database ended");
      try {
        const result = await client.query({ text: sql, rowMode: "array" });
        const results = (Array.isArray(result) ? result : [result]) as { rows?: Rows }[];
        return results.map((one) => one.rows ?? []);
      } catch (error) {
        if (isServerError(error) && !endsSession(error)) throw error;
        throw new ConnectionLost("the connection to the database ended", { cause: error });
      }
    },
    onNotice: (listener) => {
      client.on("notice", (notice) => listener(notice.severity ?? "NOTICE", notice.message ?? ""));
    },
    onNotification: (listener) => {
      client.on("notification", (message) => listener(message.payload ?? ""));
    },
    onLost: (listener) => {
      if (lost) listener();
      else lostListeners.push(listener);
    },
    abandon: () => {
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    },
    async close() {
      if (lost) return;
      lost = true;
      await client.end().catch(() => undefined);
    },
  };
}

/**
 * Sends a query to a server that may not answer.
 * @param milliseconds after which the connection is given up, and the query fails with ConnectionLost.
 */
export async function withinTime(session: Session, sql: string, milliseconds: number): Promise<Rows[]> {
  const timer = setTimeout(() => session.abandon(), milliseconds);
  try {
    return await session.query(sql);
  } finally {
    clearTimeout(timer);
  }
}
