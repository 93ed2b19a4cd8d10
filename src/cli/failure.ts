import { SluiceError } from "../errors.ts";
import { knownSecrets, redact } from "../report/redact.ts";
import type { Reporter } from "../report/reporter.ts";
import { writeTermination } from "../report/termination.ts";
import { version } from "../version.ts";
import type { Environment } from "./option.ts";

/**
 * The error that a command ends with. What it threw itself stays; after a signal anything else is a consequence of
 * stopping (a closed connection), so the signal is the reason; the rest is a bug.
 */
export function asSluiceError(
  thrown: unknown,
  signal: AbortSignal | undefined,
  env: Environment,
): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  if (signal?.aborted && signal.reason instanceof SluiceError) return signal.reason;
  return bug(thrown, env);
}

/** SL2049 with the stack and what a report needs, without secrets. */
function bug(thrown: unknown, env: Environment): SluiceError {
  const secrets = knownSecrets(env);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const stack = (error.stack ?? "").split("\n").filter((line) => /^\s*at /.test(line));
  const { platform, arch, versions } = process;
  return new SluiceError("SL2049", {
    params: { reason: redact(`${error.name}: ${error.message}`, secrets) },
    notes: [
      ...stack.map((line) => redact(line.trim(), secrets)),
      `sluice ${version}, ${platform} ${arch}, ${versions.bun ? `Bun ${versions.bun}` : `Node ${versions.node}`}`,
    ],
    cause: thrown,
  });
}

/** Says the error everywhere it is looked for, and returns its exit status. Never throws. */
export async function reportFailure(
  error: SluiceError,
  reporter: Reporter,
  env: Environment,
): Promise<number> {
  reporter.failure(error);
  // 1 means findings: an answer, not a failure.
  if (error.exit !== 1) {
    const { code, message, migration, hint } = error;
    await writeTermination({ code, message, migration, hint }, env, (text) => reporter.debug(text));
  }
  return error.exit;
}
