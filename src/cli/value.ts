import { SluiceError } from "../errors.ts";
import { parseDuration } from "../text/duration.ts";
import { nearest } from "../text/nearest.ts";
import { type Option, placeholderOf, type Source } from "./option.ts";

export type Value = string | number | boolean | string[] | undefined;

/**
 * The value that texts from a flag, a variable or the file stand for. Takes all texts of a list, and the winning one
 * of anything else. Throws SL2004, which names the source, and never shows the value of a secret option.
 */
export function readValue(option: Option, texts: readonly string[], source: Source): Value {
  if (option.type === "list") {
    if (texts.includes("")) throw badValue(option, "", source);
    return [...texts];
  }
  const text = texts.at(-1) ?? "";
  const value = readScalar(option, text);
  if (value === undefined) throw badValue(option, text, source);
  return value;
}

/** What an option has when nothing sets it: its default; else false for a switch, no items for a list. */
export function defaultValue(option: Option): Value {
  const { default: given, type } = option;
  if (given === undefined) return type === "boolean" ? false : type === "list" ? [] : undefined;
  if (type === "boolean") return given === true;
  const texts = Array.isArray(given) ? given.map(String) : [String(given)];
  return readValue(option, texts, { kind: "default", name: option.name });
}

/** What a value must be, as it stands in a sentence: "a duration". */
export function expectation(option: Option): string {
  switch (option.type) {
    case "boolean":
      return "true or false";
    case "integer":
      return `a whole number from ${option.min ?? 0}`;
    case "duration":
      return option.min === undefined ? "a duration with a unit" : "a duration with a unit, above 0";
    case "choice":
      return `one of ${(option.choices ?? []).join(", ")}`;
    default:
      return `a ${placeholderOf(option)} that is not empty`;
  }
}

function readScalar(option: Option, text: string): Exclude<Value, string[]> {
  switch (option.type) {
    case "boolean":
      if (text === "true" || text === "1") return true;
      return text === "false" || text === "0" ? false : undefined;
    case "integer": {
      const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(number) && number >= (option.min ?? 0) ? number : undefined;
    }
    case "duration": {
      const milliseconds = parseDuration(text);
      return milliseconds === undefined || milliseconds < (option.min ?? 0) ? undefined : milliseconds;
    }
    case "choice":
      return option.choices?.includes(text) ? text : undefined;
    default:
      return text === "" ? undefined : text;
  }
}

function badValue(option: Option, text: string, source: Source): SluiceError {
  const where = { flag: "", variable: "the variable ", file: "the key ", default: "the default of " }[
    source.kind
  ];
  const meant = option.type === "choice" ? nearest(text, option.choices ?? []) : undefined;
  return new SluiceError("SL2004", {
    params: {
      source: where + source.name,
      value: text === "" ? "an empty value" : option.secret ? "the value" : `"${text}"`,
      expected: expectation(option),
      example: example(option, source),
    },
    ...(source.kind === "file" ? { place: source.place } : {}),
    ...(meant === undefined ? {} : { hint: `did you mean "${meant}"?` }),
  });
}

/** A right setting, written in the way of the source. */
export function example(option: Option, source: Source): string {
  const value = {
    boolean: "true",
    integer: String(Math.max(option.min ?? 0, 1)),
    duration: "90s",
    choice: option.choices?.[0] ?? "",
    list: placeholderOf(option),
    string: placeholderOf(option),
  }[option.type];
  if (source.kind === "file") return `${source.name}: ${value}`;
  if (source.kind === "variable") return `${source.name}=${value}`;
  if (option.type === "boolean") return `--${option.name}`;
  return `${source.name} ${value}`;
}
