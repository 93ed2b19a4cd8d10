import type { Place } from "../errors.ts";

/** An option is data: from this the parser, the help, the reference and the keys of sluice.yaml are made. */
export interface Option {
  /** Name of the flag without dashes, in kebab case: "lock-timeout". A switch also answers to `--no-<name>`. */
  readonly name: string;
  readonly type: "string" | "boolean" | "integer" | "duration" | "list" | "choice";
  /** The allowed values of a choice. */
  readonly choices?: readonly string[];
  /** One line for the help: lower case, no full stop. */
  readonly summary: string;
  /** As it would be written on the command line; a duration is text ("2s"). */
  readonly default?: string | number | boolean | readonly string[];
  /** What stands for the value in the help: "URL". */
  readonly placeholder?: string;
  /** One letter. */
  readonly short?: string;
  /** Key in sluice.yaml and in the values, where it is not the name in camel case. */
  readonly key?: string;
  /** The value is never printed. */
  readonly secret?: true;
  /** Least allowed integer, or milliseconds of a duration; 0 unless told. */
  readonly min?: number;
  /** Where it can be set, if not everywhere: `flag` only there, `environment` also by a variable, not in the file. */
  readonly scope?: "flag" | "environment";
}

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

type KeyOf<O extends Option> = O extends { readonly key: infer K extends string } ? K : Camel<O["name"]>;

type Scalar<O extends Option> = O extends { readonly type: "integer" | "duration" }
  ? number
  : O extends { readonly type: "choice"; readonly choices: readonly (infer C)[] }
    ? C
    : string;

type ValueOf<O extends Option> = O extends { readonly type: "boolean" }
  ? boolean
  : O extends { readonly type: "list" }
    ? string[]
    : O extends { readonly default: string | number }
      ? Scalar<O>
      : Scalar<O> | undefined;

/**
 * The values that a table of options yields, by key. Durations are milliseconds; a switch is false and a list empty
 * unless set; anything else without a default may be undefined.
 */
export type OptionValues<T extends readonly Option[]> = { [O in T[number] as KeyOf<O>]: ValueOf<O> };

/** Where a value came from. */
export type Source =
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "file"; readonly name: string; readonly place: Place }
  | { readonly kind: "default"; readonly name: string };

/** Source of each value, by key; a key that is not set anywhere is `default`. */
export type OptionSources<T extends readonly Option[]> = { [O in T[number] as KeyOf<O>]: Source };

/** Variables of the process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Key of an option in sluice.yaml and in the values: `lockTimeout`. */
export function keyOf(option: Option): string {
  return option.key ?? option.name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Variable that sets an option: `SLUICE_LOCK_TIMEOUT`. */
export function variableOf(option: Option): string {
  return `SLUICE_${keyOf(option)
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

/** What stands for the value in usage and errors: `DURATION`, `text|json`; empty for a switch. */
export function placeholderOf(option: Option): string {
  if (option.type === "boolean") return "";
  if (option.placeholder !== undefined) return option.placeholder;
  if (option.type === "choice") return (option.choices ?? []).join("|");
  return { string: "VALUE", integer: "N", duration: "DURATION", list: "VALUE" }[option.type];
}
