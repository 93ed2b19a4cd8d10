import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";

/** Where the kubelet looks unless the container's terminationMessagePath says otherwise. */
const DEFAULT_PATH = "/dev/termination-log";

/** The kubelet cuts what is longer (Kubernetes documentation, "Determine the Reason for Pod Failure"). */
export const TERMINATION_LIMIT = 4096;

export interface Termination {
  code?: string;
  message: string;
  migration?: string | undefined;
  hint?: string;
}

/**
 * Writes why the process ends to the file that SLUICE_TERMINATION_LOG names, else to /dev/termination-log where that
 * exists (outside a container it must not be made). Never fails: the reason why it could not write goes to `debug`.
 */
export async function writeTermination(
  termination: Termination,
  env: Readonly<Record<string, string | undefined>>,
  debug: (message: string) => void,
): Promise<void> {
  const path = placeOf(env);
  if (path === undefined) return;
  try {
    await writeFile(path, terminationMessage(termination));
  } catch (error) {
    debug(`the termination message could not be written: ${(error as Error).message}`);
  }
}

function placeOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env.SLUICE_TERMINATION_LOG || (existsSync(DEFAULT_PATH) ? DEFAULT_PATH : undefined);
}

/** Says in the same place what a gate waits for, for as long as it waits. */
export interface WaitingMessage {
  /** The reason of one target, which replaces its last one; undefined where it holds. Does not wait for the disk. */
  set(target: string, reason: string | undefined): void;
  /** What was said last: "job/a: the Job is running; schema: ..."; empty where nothing was. */
  text(): string;
  /** Takes the message back: nothing is wrong any more. */
  clear(): Promise<void>;
  /** Resolves when all is written, so that nothing comes after the message of an error. Never rejects. */
  settled(): Promise<void>;
}

/** Takes the variables of the process, and where to say that it could not write. */
export function waitingMessage(
  env: Readonly<Record<string, string | undefined>>,
  debug: (message: string) => void,
): WaitingMessage {
  const reasons = new Map<string, string>();
  const text = () => [...reasons].map(([target, reason]) => `${target}: ${reason}`).join("; ");
  let written = false;
  // One after the other: two at once could leave a mixture.
  let writing = Promise.resolve();
  return {
    set(target, reason) {
      if (reason === undefined) reasons.delete(target);
      else reasons.set(target, reason);
      written = true;
      const message = reasons.size === 0 ? "all targets held a moment ago" : `waiting for ${text()}`;
      writing = writing.then(() => writeTermination({ message }, env, debug));
    },
    text,
    async clear() {
      await writing;
      const path = written ? placeOf(env) : undefined;
      if (path === undefined) return;
      await writeFile(path, "").catch((error: Error) =>
        debug(`the termination message could not be taken back: ${error.message}`),
      );
    },
    settled: () => writing,
  };
}

/** The message as JSON of at most `limit` bytes of UTF-8: its texts are cut, the message first, then the hint. */
export function terminationMessage(termination: Termination, limit = TERMINATION_LIMIT): string {
  const { code, message, migration, hint } = termination;
  const record: Record<string, string> = {
    ...(code === undefined ? {} : { code }),
    message,
    ...(migration === undefined ? {} : { migration }),
    ...(hint === undefined ? {} : { hint }),
  };
  for (const key of ["message", "hint", "migration"]) {
    if (byteLength(record) <= limit) break;
    if (record[key] !== undefined) cut(record, key, limit);
  }
  return JSON.stringify(record);
}

/** Shortens one text to the longest beginning with which the record fits; whole code points only. */
function cut(record: Record<string, string>, key: string, limit: number): void {
  const chars = Array.from(record[key] ?? "");
  const keep = (count: number): boolean => {
    record[key] = `${chars.slice(0, count).join("")}...`;
    return byteLength(record) <= limit;
  };
  let low = 0;
  let high = chars.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (keep(middle)) low = middle;
    else high = middle - 1;
  }
  keep(low);
}

function byteLength(record: Record<string, string>): number {
  return Buffer.byteLength(JSON.stringify(record));
}
