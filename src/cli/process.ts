import type { Commands } from "./command.ts";
import { run } from "./run.ts";
import { listenForSignals } from "./signals.ts";

/**
 * Runs the command line of this process and ends it with the exit status. What holds for the process as a whole is
 * here: signals, broken pipes, errors that nothing caught. Does not return.
 */
export async function runProcess(commands: Commands): Promise<never> {
  const { env, stdout, stderr } = process;
  // A reader that went away (`sluice status | head`) is no reason to stop a migration: what follows is dropped.
  stdout.on("error", ignoreBrokenPipe);
  stderr.on("error", ignoreBrokenPipe);
  // Bun and Node end with 1 on these, which would mean "findings".
  process.on("uncaughtException", (error) => void crash(error));
  process.on("unhandledRejection", (error) => void crash(error));
  const { signal } = listenForSignals();
  const program = programName(process.argv0);
  const status = await run(process.argv.slice(2), { env, stdout, stderr, commands, program, signal });
  return end(status);
}

/** Waits until the output is with the system, then ends; a handle that something forgot must not keep a Job alive. */
async function end(status: number): Promise<never> {
  process.exitCode = status;
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(status);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("error", () => resolve());
    stream.write("", () => resolve());
  });
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") void crash(error);
}

let crashing = false;

async function crash(error: unknown): Promise<void> {
  if (crashing) process.exit(70);
  crashing = true;
  const { env, stdout, stderr } = process;
  const [{ asSluiceError, reportFailure }, { createReporter }] = await Promise.all([
    import("./failure.ts"),
    import("../report/reporter.ts"),
  ]);
  const looks = { output: "text", logFormat: "text", quiet: false, verbose: false, color: true } as const;
  const reporter = createReporter({ ...looks, stdout, stderr, env });
  await end(await reportFailure(asSluiceError(error, undefined, env), reporter, env));
}

/** Name for usage lines: kubectl runs a plugin `kubectl-sluice` as `kubectl sluice`. Takes argv[0]. */
export function programName(invoked: string): string {
  const base = invoked.split(/[/\\]/).at(-1) ?? "";
  return base.replace(/\.exe$/i, "") === "kubectl-sluice" ? "kubectl sluice" : "sluice";
}
