import type { Place } from "../errors.ts";
import type { Flags } from "./flags.ts";
import {
  type Environment,
  keyOf,
  type Option,
  type OptionSources,
  type OptionValues,
  type Source,
  variableOf,
} from "./option.ts";
import { defaultValue, readValue, type Value } from "./value.ts";

/** One key of sluice.yaml: its value as text, for a list all of them, and where it stands. */
export interface FileValue {
  readonly texts: readonly string[];
  readonly place: Place;
}

/** The keys of sluice.yaml that are set. */
export type FileValues = ReadonlyMap<string, FileValue>;

/** Where options are looked for, the strongest first. */
export interface OptionInputs {
  readonly flags: Flags;
  readonly env: Environment;
  readonly file?: FileValues | undefined;
}

export interface Resolved<T extends readonly Option[]> {
  readonly options: OptionValues<T>;
  readonly sources: OptionSources<T>;
}

/**
 * Values of all options: flag over variable over file over default; of a list, the strongest source gives all items.
 * Throws SL2004 for a value that is not of the option's type, from whichever source.
 */
export function resolveOptions<const T extends readonly Option[]>(
  options: T,
  inputs: OptionInputs,
): Resolved<T> {
  const values: Record<string, Value> = {};
  const sources: Record<string, Source> = {};
  for (const option of options) {
    const key = keyOf(option);
    const found = lookUp(option, inputs);
    values[key] = found === undefined ? defaultValue(option) : readValue(option, found.texts, found.source);
    sources[key] = found?.source ?? { kind: "default", name: option.name };
  }
  return { options: values, sources } as unknown as Resolved<T>;
}

/** The same for one option that must be known before anything is checked: a bad value counts as not set. */
export function resolveLeniently(option: Option, inputs: OptionInputs): Value {
  try {
    const found = lookUp(option, inputs);
    if (found !== undefined) return readValue(option, found.texts, found.source);
  } catch {
    // Reported later, by resolveOptions.
  }
  return defaultValue(option);
}

function lookUp(
  option: Option,
  { flags, env, file }: OptionInputs,
): { texts: readonly string[]; source: Source } | undefined {
  const flag = flags.given.get(option.name);
  if (flag !== undefined) return { texts: flag.texts, source: { kind: "flag", name: flag.written } };
  if (option.scope === "flag") return undefined;
  const name = variableOf(option);
  const text = env[name];
  // Templates leave variables empty; that means "not set" (the flag, typed by a person, is stricter).
  if (text !== undefined && text !== "")
    return { texts: option.type === "list" ? items(text) : [text], source: { kind: "variable", name } };
  if (option.scope === "environment") return undefined;
  const key = keyOf(option);
  const entry = file?.get(key);
  return entry && { texts: entry.texts, source: { kind: "file", name: key, place: entry.place } };
}

function items(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
