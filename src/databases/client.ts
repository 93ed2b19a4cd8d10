import { connectClient } from "./postgres/connection/connect.ts";
import { connectionSettings } from "./postgres/connection/settings.ts";

/** A plain connection, for what is no migration: the work of an application, a look at the data. */
export interface Client {
  /**
   * Runs one statement with its parameters ($1), or several without, when those given before have ended.
   * Returns the rows of the last; all values are text.
   */
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, string | null>[]>;
  close(): Promise<void>;
}

/** Connects to a URL, which says everything: neither PG* nor a password file changes what is meant. */
export async function openClient(url: string, applicationName: string): Promise<Client> {
  const settings = connectionSettings({ url, origin: "--url", warnings: [] }, {});
  const client = await connectClient(settings, { applicationName });
  // `pg` warns of a second query before the first one has ended, and will refuse it in version 9.
  let previous: Promise<unknown> = Promise.resolve();
  return {
    query(sql, parameters) {
      const result = previous.then(async () => {
        const answer = await client.query(sql, parameters && [...parameters]);
        const last = Array.isArray(answer) ? answer.at(-1) : answer;
        return (last?.rows ?? []) as Record<string, string | null>[];
      });
      previous = result.catch(() => undefined);
      return result;
    },
    close: () => client.end().catch(() => undefined),
  };
}
