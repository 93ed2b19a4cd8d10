import { SluiceError } from "../../../errors.ts";
import type { Limits } from "../../database.ts";
import type { Blocker } from "../blocker.ts";
import type { Guard } from "../guard.ts";
import type { HistoryWriter, Record } from "../history/write.ts";
import { isLeaseLost } from "../lease.ts";
import type { Observer } from "../observer.ts";
import type { Session } from "../session.ts";
import { CLEAN } from "../settings.ts";
import { hasState, isServerError, SQLSTATE } from "../sqlstate.ts";

/** What applying a file needs; made once a run. */
export interface ApplyContext {
  session: Session;
  observer: Observer;
  writer: HistoryWriter;
  place: { schema: string; table: string };
  guard: Guard;
  /** Milliseconds that the statement in flight may go on after the signal was aborted. */
  grace: number;
  signal: AbortSignal;
  limits: Limits;
  /** SQL that makes the rest of a transaction run as the runner's account again. */
  asRunner: string;
  /** Told now and then how far a long statement is. */
  onProgress: ((progress: string) => void) | undefined;
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

/**
 * Begins a transaction that fails when the lock is lost. Where the session stays the same that costs no round trip;
 * behind a transaction pooler the backend must be asked for, so that it can be watched and cancelled.
 * @param settings SQL that belongs into the transaction, ending in a semicolon.
 * @returns what is to be sent before the first statement.
 */
export async function begin(context: ApplyContext, settings: string): Promise<string> {
  const { guard, session, observer } = context;
  if (guard.sticky) return `begin; ${settings}`;
  context.signal.throwIfAborted();
  const as = `${context.asRunner};\n`;
  const results = await session.query(`begin; ${guard.fence}${as}${settings}\nselect pg_backend_pid()`);
  observer.target(Number(results.at(-1)?.[0]?.[0]));
  return "";
}

/** SQL that leaves nothing of a file in a backend which the next transaction of somebody else may get. */
export function leaveClean(context: ApplyContext, dirty: boolean): string[] {
  if (context.guard.sticky || !dirty) return [];
  return [CLEAN, context.asRunner];
}

/** Sends one batch under observation. @returns milliseconds spent waiting for locks. */
export async function send(context: ApplyContext, sql: string, lockLimit: number): Promise<number> {
  context.signal.throwIfAborted();
  const watch = context.observer.watch(lockLimit, context.onProgress);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = () => {
    timer = setTimeout(() => void context.observer.cancel().catch(() => undefined), context.grace);
  };
  context.signal.addEventListener("abort", cancel, { once: true });
  try {
    await context.session.query(sql);
  } finally {
    context.signal.removeEventListener("abort", cancel);
    clearTimeout(timer);
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
  if (isLeaseLost(error)) throw new SluiceError("SL4033", { cause: error });
  const { schema, table } = error as { schema?: string; table?: string };
  const ours = schema === context.place.schema && table === context.place.table;
  if (ours && hasState(error, SQLSTATE.uniqueViolation))
    throw new AlreadyTaken(error.message, { cause: error });
  if (isPassing(context, error)) throw new Passing(error, context.observer.blockers());
  return error;
}

/** Whether the same statement may succeed later: locks of others were in the way. */
export function isPassing({ observer }: ApplyContext, error: Error): boolean {
  return (
    hasState(error, SQLSTATE.lockNotAvailable, SQLSTATE.serializationFailure, SQLSTATE.deadlock) ||
    (hasState(error, SQLSTATE.queryCanceled) && observer.cancelled())
  );
}

export type { Record };
