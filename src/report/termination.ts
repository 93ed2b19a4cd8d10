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
  const path = env.SLUICE_TERMINATION_LOG || (existsSync(DEFAULT_PATH) ? DEFAULT_PATH : undefined);
  if (path === undefined) return;
  try {
    await writeFile(path, terminationMessage(termination));
  } catch (error) {
    debug(`the termination message could not be written: ${(error as Error).message}`);
  }
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
