import { SluiceError } from "../errors.ts";

/** Signals that end a command, with the exit status of a shell (128 and the number). */
const errors = { SIGINT: "SL2040", SIGTERM: "SL2041" } as const;
const statuses = { SIGINT: 130, SIGTERM: 143 } as const;

type Name = keyof typeof errors;

/** A signal that ends a command, as the reason of an abort: may be thrown as it is. */
export function interruption(name: Name): SluiceError {
  return new SluiceError(errors[name]);
}

/**
 * Listens for SIGINT and SIGTERM of this process. The first aborts the signal that is returned, so that the command
 * can clean up; the second ends the process at once, whatever is left.
 */
export function listenForSignals(): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const handler = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(statuses[name as Name]);
    controller.abort(interruption(name as Name));
  };
  for (const name of Object.keys(errors)) process.on(name, handler);
  return {
    signal: controller.signal,
    stop() {
      for (const name of Object.keys(errors)) process.off(name, handler);
    },
  };
}
