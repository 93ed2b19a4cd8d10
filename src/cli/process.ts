import type { Commands } from "./command.ts";
import { run } from "./run.ts";
import { listenForSignals } from "./signals.ts";
import { standardStream } from "./standard-streams.ts";

const stdout = standardStream(1);
const stderr = standardStream(2);

/**
 * Runs the command line of this process and ends it with the exit status. What holds for the process as a whole is
 * here: signals, and errors that nothing caught. A handle that something forgot must not keep a Job alive: the process
 * is ended. Does not return.
 */
export async function runProcess(commands: Commands): Promise<never> {
  const { env } = process;
  // Bun and Node end with 1 on these, which would mean "findings".
  process.on("uncaughtException", (error) => void crash(error));
  process.on("unhandledRejection", (error) => void crash(error));
  const { signal } = listenForSignals();
  const program = programName(process.argv0);
  process.exit(await run(process.argv.slice(2), { env, stdout, stderr, commands, program, signal }));
}

/** What a program of another name gets of this process. */
export interface ProgramContext {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** argv[0]. */
  program: string;
  stdout: typeof stdout;
  stderr: typeof stderr;
  signal: AbortSignal;
}

/** Runs a program that has none of our commands and statuses, and ends the process with what it returns. */
export async function runProgram(program: (context: ProgramContext) => Promise<number>): Promise<never> {
  const fail = (error: unknown) => {
    stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  const { signal } = listenForSignals();
  const { env, argv, argv0 } = process;
  process.exit(await program({ args: argv.slice(2), env, program: argv0, stdout, stderr, signal }));
}

let crashing = false;

async function crash(error: unknown): Promise<void> {
  if (crashing) process.exit(70);
  crashing = true;
  const { env } = process;
  const [{ asSluiceError, reportFailure }, { createReporter }] = await Promise.all([
    import("./failure.ts"),
    import("../report/reporter.ts"),
  ]);
  const looks = { output: "text", logFormat: "text", quiet: false, verbose: false, color: true } as const;
  const reporter = createReporter({ ...looks, stdout, stderr, env });
  process.exit(await reportFailure(asSluiceError(error, undefined, env), reporter, env));
}

/** Name for usage lines: kubectl runs a plugin `kubectl-sluice` as `kubectl sluice`. Takes argv[0]. */
export function programName(invoked: string): string {
  const base = invoked.split(/[/\\]/).at(-1) ?? "";
  return base.replace(/\.exe$/i, "") === "kubectl-sluice" ? "kubectl sluice" : "sluice";
}
