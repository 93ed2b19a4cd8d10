import type { Connection } from "../../databases/database.ts";
import { SluiceError } from "../../errors.ts";

/** Between two looks at the session that holds the lock, and for its answer to one. Milliseconds. */
const INTERVAL = 2_000;
const PATIENCE = 30_000;

export interface LockGuard {
  /** Aborted when the session, and the lock with it, is gone; the reason is a sentence. */
  readonly lost: AbortSignal;
  stop(): void;
}

/**
 * Watches over the session that holds the lock while a command runs. It has nothing to say then, so it is asked every
 * few seconds: firewalls and poolers drop connections that are silent, and a network that is cut says nothing.
 * @param label what runs, for those who look at the session.
 */
export async function guardLock(connection: Connection, label: string): Promise<LockGuard> {
  const controller = new AbortController();
  const lose = (reason: string) => {
    if (!controller.signal.aborted) controller.abort(reason);
  };
  connection.onLost(() => lose("the connection that holds the lock was lost"));
  await connection.keepAlive(label);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    const patience = setTimeout(() => lose("the session that holds the lock does not answer"), PATIENCE);
    try {
      await connection.keepAlive(label);
    } catch (error) {
      if (!stopped) lose(reasonOf(error));
    } finally {
      clearTimeout(patience);
    }
    if (!stopped && !controller.signal.aborted) timer = setTimeout(() => void look(), INTERVAL);
  };
  timer = setTimeout(() => void look(), INTERVAL);
  return {
    lost: controller.signal,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof SluiceError && error.code === "SL4033")
    return "another runner has taken the lease over";
  return error instanceof Error ? error.message : String(error);
}
