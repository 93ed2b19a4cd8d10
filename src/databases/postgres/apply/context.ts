import type { Limits } from "../../database.ts";
import type { HistoryWriter, Record } from "../history/write.ts";
import type { Blocker, Observer } from "../observer.ts";
import type { Session } from "../session.ts";
import { hasState, isServerError, SQLSTATE } from "../sqlstate.ts";

/** What applying a file needs; made once a run. */
export interface ApplyContext {
  session: Session;
  observer: Observer;
  writer: HistoryWriter;
  place: { schema: string; table: string };
  signal: AbortSignal;
  limits: Limits;
  /** Runs a try again while it fails with Passing and the lock budget lasts. */
  attempt<T>(what: () => Promise<T>): Promise<T>;
}

/** A failure that may pass by itself; the transaction it happened in was rolled back. */
export class Passing extends Error {
  override readonly name = "Passing";
  readonly blockers: readonly Blocker[];
  readonly sqlstate: string;

  constructor(cause: Error & { code: string }, blockers: readonly Blocker[]) {
    super(cause.message, { cause });
    this.sqlstate = cause.code;
    this.blockers = blockers;
  }
}

/** Somebody else has written the history row of this migration: the history must be read again. */
export class AlreadyTaken extends Error {
  override readonly name = "AlreadyTaken";
}

/** Sends one batch under observation. @returns milliseconds spent waiting for locks. */
export async function send(context: ApplyContext, sql: string, lockLimit: number): Promise<number> {
  context.signal.throwIfAborted();
  const watch = context.observer.watch(lockLimit);
  const cancel = () => void context.observer.cancel().catch(() => undefined);
  context.signal.addEventListener("abort", cancel, { once: true });
  try {
    await context.session.query(sql);
  } finally {
    context.signal.removeEventListener("abort", cancel);
    await watch.stop();
  }
  return watch.stop();
}

/**
 * Sorts a failed batch: rethrows what is not about the statement, and returns what is.
 * @throws the signal's reason, AlreadyTaken or Passing.
 */
export function sortFailure(context: ApplyContext, error: unknown): Error & { code: string } {
  context.signal.throwIfAborted();
  if (!isServerError(error)) throw error;
  const { schema, table } = error as { schema?: string; table?: string };
  const ours = schema === context.place.schema && table === context.place.table;
  if (ours && hasState(error, SQLSTATE.uniqueViolation))
    throw new AlreadyTaken(error.message, { cause: error });
  const passing =
    hasState(error, SQLSTATE.lockNotAvailable, SQLSTATE.serializationFailure, SQLSTATE.deadlock) ||
    (hasState(error, SQLSTATE.queryCanceled) && context.observer.cancelled());
  if (passing) throw new Passing(error, context.observer.blockers());
  return error;
}

export type { Record };
