import type { Output } from "../report/output.ts";
import type { Reporter } from "../report/reporter.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { Environment, Option, OptionSources, OptionValues } from "./option.ts";

/** A word that a command takes. */
export interface Argument {
  /** In kebab case; shown in capitals. */
  readonly name: string;
  readonly summary: string;
  /** May be left out. */
  readonly optional?: true;
  /** Takes all remaining words; only the last argument can. */
  readonly many?: true;
}

/** The values of a command's words, by name. */
export type ArgumentValues<A extends readonly Argument[]> = {
  [X in A[number] as X["name"]]: X extends { readonly many: true }
    ? string[]
    : X extends { readonly optional: true }
      ? string | undefined
      : string;
};

/** What a command gets to work with. */
export interface Context<
  O extends readonly Option[] = readonly Option[],
  A extends readonly Argument[] = readonly Argument[],
> {
  readonly options: OptionValues<GlobalOptions> & OptionValues<O>;
  readonly args: ArgumentValues<A>;
  /** Where each option came from, by key. */
  readonly sources: OptionSources<GlobalOptions> & OptionSources<O>;
  /** The process's variables over those of `--env-file`. */
  readonly env: Environment;
  readonly reporter: Reporter;
  /** Aborted by SIGINT and SIGTERM; the reason is a SluiceError (SL2040, SL2041) that may be thrown as it is. */
  readonly signal: AbortSignal;
  /** Name as the user types it: "sluice", or "kubectl sluice". */
  readonly program: string;
  /** Only for what the reporter cannot do, such as a live display. */
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Exit {
  readonly status: number;
  readonly meaning: string;
}

interface Definition<O extends readonly Option[], A extends readonly Argument[]> {
  readonly name: string;
  /** One line: what it does; lower case, no full stop. */
  readonly summary: string;
  /** What stands behind the program's name: "migrate [--to V]". */
  readonly usage: string;
  /** More about it for `--help` and the reference: a paragraph or two. */
  readonly description?: string;
  readonly arguments?: A;
  /** Without the global ones. */
  readonly options: O;
  /** Whole command lines, which begin with "sluice". */
  readonly examples: readonly string[];
  readonly exits: readonly Exit[];
  /** Returns the exit status: 0, or 1 for findings; every other one is a thrown SluiceError. */
  run(context: Context<O, A>): Promise<number>;
}

/** A command, once its module is loaded. */
export type Command = Definition<readonly Option[], readonly Argument[]>;

/** All commands by name, in the order of the help. The summary stands here too, so that the help loads no module. */
export type Commands = Readonly<Record<string, { readonly summary: string; load(): Promise<Command> }>>;

/** Makes a command, and gives `run` the types of its options and arguments without a type having to be written. */
export function defineCommand<
  const O extends readonly Option[] = readonly [],
  const A extends readonly Argument[] = readonly [],
>(definition: Definition<O, A>): Command {
  return definition as unknown as Command;
}
