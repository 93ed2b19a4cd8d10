import { SluiceError } from "../errors.ts";
import type { Argument, Command } from "./command.ts";
import { type Flags, readFlags } from "./flags.ts";
import { type GlobalOptions, globalOptions } from "./global-options.ts";
import type { Environment, Option, OptionSources, OptionValues } from "./option.ts";
import { type FileValues, resolveOptions } from "./resolve.ts";

type ArgumentWords = Record<string, string | string[] | undefined>;

/** What a command line says, with all other sources taken in. */
export interface Parsed<O extends readonly Option[]> {
  options: OptionValues<GlobalOptions> & OptionValues<O>;
  sources: OptionSources<GlobalOptions> & OptionSources<O>;
  args: ArgumentWords;
}

type Spec<O extends readonly Option[]> = Pick<Command, "name" | "usage" | "arguments"> & {
  readonly options: O;
};

export interface ParseInputs {
  env: Environment;
  file?: FileValues | undefined;
  /** "sluice" unless told; for messages. */
  program?: string;
}

/** Flags of a command line for one command, the global ones included. Does not throw; see `Flags.problems`. */
export function readCommandFlags(
  spec: Spec<readonly Option[]>,
  argv: readonly string[],
  program = "sluice",
): Flags {
  return readFlags([...spec.options, ...globalOptions], argv, `${program} ${spec.name}`);
}

/**
 * Reads a command line (without the command's own name) together with variables and file.
 * Throws SL2002 to SL2006 for what is wrong with it: first the flags, then their values, then the words.
 */
export function parseCommand<const O extends readonly Option[]>(
  spec: Spec<O>,
  argv: readonly string[],
  inputs: ParseInputs,
): Parsed<O> {
  const { env, file, program = "sluice" } = inputs;
  const flags = readCommandFlags(spec, argv, program);
  const [problem] = flags.problems;
  if (problem !== undefined) throw problem;
  const all: readonly Option[] = [...spec.options, ...globalOptions];
  const resolved = resolveOptions(all, { flags, env, file }) as unknown as Omit<Parsed<O>, "args">;
  const words = flags.words.map(({ text }) => text);
  return { ...resolved, args: readArguments(spec, words, program) };
}

function readArguments(
  spec: Spec<readonly Option[]>,
  words: readonly string[],
  program: string,
): ArgumentWords {
  const values: ArgumentWords = {};
  const rest = [...words];
  const params = { command: `${program} ${spec.name}`, usage: `\`${program} ${spec.usage}\`` };
  for (const argument of spec.arguments ?? []) {
    // "$NAME" with an unset variable is a word, but an empty one.
    if (!argument.optional && (rest[0] ?? "") === "")
      throw new SluiceError("SL2006", {
        params: { ...params, argument: argumentLabel(argument), summary: argument.summary },
      });
    values[argument.name] = argument.many ? rest.splice(0) : rest.shift();
  }
  const [unexpected] = rest;
  if (unexpected === undefined) return values;
  throw new SluiceError("SL2005", { params: { ...params, argument: `"${unexpected}"` } });
}

/** How an argument is shown: `NAME`, `TARGET...`. */
export function argumentLabel(argument: Argument): string {
  return argument.name.toUpperCase() + (argument.many ? "..." : "");
}
