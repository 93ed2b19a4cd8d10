import { formatDuration } from "../../text/duration.ts";
import { firstWords } from "./analyse.ts";
import { withoutBookkeeping } from "./label.ts";

/** A session in whose way a statement stands still. */
export interface Blocker {
  pid: number;
  application: string;
  state: string;
  query: string;
  /** Age of its transaction, in milliseconds; undefined where this account may not see it. */
  transactionAge: number | undefined;
}

/** Takes pid, application_name, state, query and the age of the transaction in milliseconds. */
export function parseBlocker(row: (string | null)[]): Blocker {
  return {
    pid: Number(row[0]),
    application: row[1] || "unnamed session",
    state: row[2] ?? "unknown",
    query: withoutBookkeeping(row[3] ?? ""),
    transactionAge: row[4] === null || row[4] === undefined ? undefined : Number(row[4]),
  };
}

/** A blocker in one sentence, for messages. */
export function describeBlocker(blocker: Blocker): string {
  const age =
    blocker.transactionAge === undefined
      ? ""
      : `, transaction open for ${formatDuration(blocker.transactionAge)}`;
  const query = blocker.query === "" ? "" : `: ${firstWords(blocker.query, 80)}`;
  return `pid ${blocker.pid} (${blocker.application}, ${blocker.state}${age})${query}`;
}
