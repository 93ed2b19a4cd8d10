import { SluiceError } from "../errors.ts";
import type { Output } from "../report/output.ts";
import { createReporter, type Reporter } from "../report/reporter.ts";
import { writeTermination } from "../report/termination.ts";
import { nearest } from "../text/nearest.ts";
import type { Command, Commands } from "./command.ts";
import { asSluiceError, reportFailure } from "./failure.ts";
import { type Flags, readFlags } from "./flags.ts";
import { type GlobalOptions, globalOptions } from "./global-options.ts";
import type { Environment, Option, OptionValues } from "./option.ts";
import { type Parsed, parseCommand, readCommandFlags } from "./parse.ts";
import { type FileValues, resolveLeniently, resolveOptions } from "./resolve.ts";

export interface RunOptions {
  env: Environment;
  stdout: Output;
  stderr: Output;
  commands: Commands;
  /** Name as the user types it; "sluice" unless told. */
  program?: string;
  /** Stops the command; its reason should be an `interruption`. Never aborted unless given. */
  signal?: AbortSignal;
}

/**
 * Runs one command line (without program name). Returns the exit status; never throws: every error is reported to
 * standard error, to standard output with `-o json`, and to the termination message.
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<number> {
  const { env } = options;
  // Until the command line is read, and for what is wrong with it.
  let reporter = earlyReporter(argv, options);
  try {
    const call = await findCall(argv, options);
    if (call.kind === "version") {
      const { version } = await import("../version.ts");
      reporter.result("Version", { version }, `sluice ${version}`);
      return 0;
    }
    if (call.kind === "help") {
      options.stdout.write(call.text);
      return 0;
    }
    const { command, rest, flags } = call;
    const program = options.program ?? "sluice";
    const settings = await readSettings(command, flags, options);
    const parsed = parseCommand(command, rest, { ...settings, program });
    reporter = reporterFor(parsed.options, options);
    const status = await command.run({
      ...(parsed as Parsed<readonly Option[]> & { args: Record<string, string> }),
      env: settings.env,
      reporter,
      signal: options.signal ?? new AbortController().signal,
      program,
      stdout: options.stdout,
      stderr: options.stderr,
    });
    if (status > 1) {
      const message = `${program} ${command.name} ended with exit status ${status}`;
      await writeTermination({ message }, env, (text) => reporter.debug(text));
    }
    return status;
  } catch (thrown) {
    return reportFailure(asSluiceError(thrown, options.signal, env), reporter, env);
  }
}

/** A command with its part of the line, a help text to print, or the question for the version. */
type Call =
  | { kind: "run"; command: Command; rest: readonly string[]; flags: Flags }
  | { kind: "help"; text: string }
  | { kind: "version" };

/** The first word is the command; global flags may stand before it. Throws SL2001, SL2002. */
async function findCall(
  argv: readonly string[],
  { commands, program = "sluice" }: RunOptions,
): Promise<Call> {
  const [first, second] = readFlags(globalOptions, argv, program).words;
  // A flag that is unknown here belongs behind the command's name; its value would be taken for the command.
  const before = readFlags(globalOptions, argv.slice(0, first?.index), program);
  if (before.problems[0] !== undefined) throw before.problems[0];
  if (isOn(before, "version")) return { kind: "version" };
  const isHelp = first?.text === "help";
  const name = isHelp ? second?.text : first?.text;
  if (name === undefined)
    return { kind: "help", text: (await import("./help.ts")).programHelp(commands, program) };
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) throw unknownCommand(name, commands, program);
  const command = await entry.load();
  const rest = argv.filter((_, index) => index !== first?.index);
  const flags = readCommandFlags(command, rest, program);
  if (isHelp || isOn(flags, "help"))
    return { kind: "help", text: (await import("./help.ts")).commandHelp(command, program) };
  return isOn(flags, "version") ? { kind: "version" } : { kind: "run", command, rest, flags };
}

function isOn(flags: Flags, name: GlobalOptions[number]["name"]): boolean {
  return flags.given.get(name)?.texts.at(-1) === "true";
}

function unknownCommand(name: string, commands: Commands, program: string): SluiceError {
  const meant = nearest(name, [...Object.keys(commands), "help"]);
  return new SluiceError("SL2001", {
    params: { command: name, program },
    ...(meant === undefined ? {} : { hint: `did you mean \`${program} ${meant}\`?` }),
  });
}

/** The environment with its files, and the configuration file, as far as there are any. */
async function readSettings(
  command: Command,
  flags: Flags,
  { env, commands }: RunOptions,
): Promise<{ env: Environment; file?: FileValues }> {
  const files = only("env-file");
  const { envFile } = resolveOptions([files], { flags, env }).options;
  const merged =
    envFile.length === 0 ? env : await (await import("../config/env-file.ts")).withEnvFiles(env, envFile);
  const { options, sources } = resolveOptions([only("config")], { flags, env: merged });
  const { readConfigFile, parseConfig } = await import("../config/config-file.ts");
  const text = await readConfigFile(options.config, sources.config.kind !== "default");
  if (text === undefined) return { env: merged };
  const { checkKeys } = await import("../config/known-keys.ts");
  const file = await parseConfig(text, options.config);
  await checkKeys(file, [...command.options, ...globalOptions], () => allOptions(commands));
  return { env: merged, file };
}

async function allOptions(commands: Commands): Promise<Option[]> {
  const loaded = await Promise.all(Object.values(commands).map(({ load }) => load()));
  return loaded.flatMap((command) => command.options);
}

function only<N extends GlobalOptions[number]["name"]>(name: N): Extract<GlobalOptions[number], { name: N }> {
  return globalOptions.find((option) => option.name === name) as Extract<GlobalOptions[number], { name: N }>;
}

type Looks = Pick<OptionValues<GlobalOptions>, "output" | "logFormat" | "quiet" | "verbose" | "color">;

function earlyReporter(argv: readonly string[], options: RunOptions): Reporter {
  const flags = readFlags(globalOptions, argv, "");
  const look = (name: GlobalOptions[number]["name"]) =>
    resolveLeniently(only(name), { flags, env: options.env });
  const looks = {
    output: look("output"),
    logFormat: look("log-format"),
    quiet: look("quiet"),
    verbose: look("verbose"),
    color: look("color"),
  };
  return reporterFor(looks as Looks, options);
}

function reporterFor(looks: Looks, { stdout, stderr, env }: RunOptions): Reporter {
  const { output, logFormat, quiet, verbose, color } = looks;
  return createReporter({ stdout, stderr, output, logFormat, quiet, verbose, color, env });
}
