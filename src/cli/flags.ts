import { parseArgs } from "node:util";
import { SluiceError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import type { Option } from "./option.ts";
import { example, expectation } from "./value.ts";

/** What stands on a command line, before any value is looked at. */
export interface Flags {
  /** Texts of each option, by its name, in the order given, with the flag as it was written the last time. */
  readonly given: ReadonlyMap<string, { readonly written: string; readonly texts: readonly string[] }>;
  /** Words that are no flags, with their place in `argv`. */
  readonly words: readonly { readonly text: string; readonly index: number }[];
  /** Everything that is wrong, in order; the caller throws the first unless it can do without. */
  readonly problems: readonly SluiceError[];
}

/**
 * Splits a command line into flags and words. `parseArgs` does the lexing, not the checking: its own errors have no
 * code and know no near names. Takes the name of the command for messages ("sluice migrate"). Does not throw.
 */
export function readFlags(options: readonly Option[], argv: readonly string[], command: string): Flags {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    options: Object.fromEntries(options.map((option) => [option.name, lexing(option)])),
  });
  const given = new Map<string, { written: string; texts: string[] }>();
  const words: { text: string; index: number }[] = [];
  const problems: SluiceError[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push({ text: token.value, index: token.index });
    if (token.kind !== "option") continue;
    const found = find(options, token.rawName);
    if (found === undefined) {
      problems.push(unknownFlag(token.rawName, options, command));
      continue;
    }
    const text = textOf(found, token);
    if (text instanceof SluiceError) {
      problems.push(text);
      continue;
    }
    const entry = given.get(found.option.name) ?? { written: token.rawName, texts: [] };
    entry.written = token.rawName;
    entry.texts.push(text);
    given.set(found.option.name, entry);
  }
  return { given, words, problems };
}

interface Found {
  option: Option;
  negated: boolean;
}

function lexing(option: Option): { type: "boolean" | "string"; multiple: true; short?: string } {
  const type = option.type === "boolean" ? "boolean" : "string";
  return { type, multiple: true, ...(option.short === undefined ? {} : { short: option.short }) };
}

function find(options: readonly Option[], written: string): Found | undefined {
  const plain = options.find(
    ({ name, short }) => written === `--${name}` || (short !== undefined && written === `-${short}`),
  );
  if (plain !== undefined) return { option: plain, negated: false };
  const off = options.find(({ name, type }) => type === "boolean" && written === `--no-${name}`);
  return off === undefined ? undefined : { option: off, negated: true };
}

interface OptionToken {
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

function textOf({ option, negated }: Found, token: OptionToken): string | SluiceError {
  const { rawName, value, inlineValue } = token;
  if (negated) {
    if (value === undefined) return "false";
    const params = {
      source: rawName,
      value: `"${value}"`,
      expected: "given without a value",
      example: rawName,
    };
    return new SluiceError("SL2004", { params, hint: `write \`${rawName}\`` });
  }
  if (option.type === "boolean") return value ?? "true";
  // A value in a word of its own that looks like a flag is one: the value was forgotten. A lone "-" is a value.
  const swallowed = !inlineValue && value !== undefined && value.length > 1 && value.startsWith("-");
  if (value !== undefined && !swallowed) return value;
  return new SluiceError("SL2003", {
    params: {
      flag: rawName,
      expected: expectation(option),
      example: example(option, { kind: "flag", name: rawName }),
    },
    ...(swallowed ? { hint: `write \`--${option.name}=${value}\` if ${value} is meant as the value` } : {}),
  });
}

/** SL2002 with the nearest flag, also for a flag in the wrong case or with one dash. */
function unknownFlag(written: string, options: readonly Option[], command: string): SluiceError {
  const names = options.flatMap(({ name, type, default: given }) =>
    type === "boolean" && given === true ? [`--no-${name}`] : [`--${name}`],
  );
  const meant = nearest(`--${written.replace(/^-+/, "").replaceAll("_", "-")}`, names);
  return new SluiceError("SL2002", {
    params: { flag: written, command },
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}
