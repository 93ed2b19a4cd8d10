import { isJsonMap, type Json, type JsonMap } from "./json.ts";

/**
 * List items as lines of block YAML.
 * @param column of the hyphens.
 * @param offset columns by which lists within them are further in than their keys: 0 or more, as the file has it.
 */
export function blockItems(items: readonly JsonMap[], column: number, offset: number): string[] {
  return listLines([...items], column, offset);
}

function listLines(list: readonly Json[], column: number, offset: number): string[] {
  const indent = " ".repeat(column);
  return list.flatMap((item) => {
    if (!isJsonMap(item)) return [`${indent}- ${scalar(item)}`];
    const [first = "", ...more] = mapLines(item, column + 2, offset);
    return [`${indent}- ${first.slice(column + 2)}`, ...more];
  });
}

function mapLines(map: JsonMap, column: number, offset: number): string[] {
  const indent = " ".repeat(column);
  return Object.entries(map).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const start = `${indent}${scalar(key)}:`;
    if (Array.isArray(value) && value.length > 0)
      return [start, ...listLines(value, column + offset, offset)];
    if (isJsonMap(value) && Object.keys(value).length > 0)
      return [start, ...mapLines(value, column + 2, offset)];
    return [`${start} ${scalar(value)}`];
  });
}

/** Words that YAML 1.1, which Kubernetes' parser follows, takes for something other than a text. */
const reserved = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** A name, a path, a flag, a quantity: what begins with a letter, or could be nothing else. */
const plain = /^([A-Za-z_/]([\w./:@,=-]*[\w/-])?|--[a-z][\w-]*(=[\w./:@-]*[\w/])?|\d+(m|[KMG]i))$/;

/** A text without quotes where no reader of YAML could take it for anything else; JSON is YAML too. */
function scalar(value: Json): string {
  const isPlain = typeof value === "string" && plain.test(value) && !reserved.test(value);
  return isPlain ? value : JSON.stringify(value);
}

/** How JSON is written at some place of a text. */
export interface JsonLook {
  /** One step of indentation where it goes over lines; undefined on one line. */
  readonly unit?: string;
  /** Indentation of the line that it begins on. */
  readonly base?: string;
  readonly newline?: string;
  /** Without a blank anywhere. */
  readonly tight?: boolean;
}

/** A value as JSON, which is flow YAML too, in the look of its surroundings. */
export function json(value: Json, { unit, base = "", newline = "\n", tight }: JsonLook): string {
  if (unit !== undefined) return JSON.stringify(value, null, unit).replaceAll("\n", newline + base);
  return tight ? JSON.stringify(value) : oneLine(value);
}

/** What stands between two values: after the comma. */
export function gap({ unit, base = "", newline = "\n", tight }: JsonLook): string {
  return unit !== undefined ? newline + base : tight ? "" : " ";
}

function oneLine(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (!isJsonMap(value)) return JSON.stringify(value ?? null);
  const pairs = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${pairs.map(([key, one]) => `${JSON.stringify(key)}: ${oneLine(one)}`).join(", ")}}`;
}
