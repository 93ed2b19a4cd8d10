import { fileURLToPath } from "node:url";
import { SluiceError } from "../errors.ts";
import { canonicalVersion } from "../migrations/version.ts";
import { parseDuration } from "../text/duration.ts";

/** How an option is read: what it takes, and what it is where it is not given. */
export interface Reader<T> {
  /** As it stands behind "it takes". */
  expected: string;
  /** A right value as it is written in JavaScript. */
  example: string;
  fallback: T;
  /** `undefined` given explicitly is wrong. */
  strict?: true;
  /** @returns undefined for a value that is wrong. */
  read(value: unknown): T | undefined;
}

/** The values that a table of readers yields. */
export type Values<S> = { [K in keyof S]: S[K] extends Reader<infer T> ? T : never };

/**
 * Reads what an application gives to a function of the library.
 * @param call name of the function, for messages.
 * @throws SluiceError SL2060 for a wrong value, SL2061 for an unknown option.
 */
export function readOptions<const S extends Record<string, Reader<unknown>>>(
  call: string,
  readers: S,
  given: object,
): Values<S> {
  for (const option of Object.keys(given))
    if (!Object.hasOwn(readers, option)) throw new SluiceError("SL2061", { params: { call, option } });
  const entries = Object.entries<Reader<unknown>>(readers).map(([option, reader]) => {
    const value = (given as Record<string, unknown>)[option];
    if (value === undefined && !(reader.strict && option in given)) return [option, reader.fallback];
    const read = reader.read(value);
    if (read !== undefined) return [option, read];
    const { expected, example } = reader;
    throw new SluiceError("SL2060", { params: { call, option, value: describe(value), expected, example } });
  });
  return Object.fromEntries(entries) as Values<S>;
}

/** Never the text itself: it might be an address with a password. */
function describe(value: unknown): string {
  if (value === "") return "an empty text";
  if (value === undefined || value === null || typeof value === "number") return String(value);
  return Array.isArray(value) ? "a list" : `of type ${typeof value}`;
}

/** PostgreSQL's time-outs and JavaScript's timers end here; in milliseconds. */
const LONGEST = 2 ** 31 - 1;

function readDuration(value: unknown): number | undefined {
  if (typeof value === "string") return parseDuration(value);
  return typeof value === "number" && value >= 0 && value <= LONGEST ? Math.round(value) : undefined;
}

/**
 * Milliseconds. @param fallback as on the command line: "15m"; undefined for an option that need not be set.
 */
export function duration(fallback: string): Reader<number>;
export function duration(fallback?: undefined): Reader<number | undefined>;
export function duration(fallback?: string): Reader<number | undefined> {
  const expected = 'milliseconds, or a text with a unit such as "90s"';
  return { expected, example: '"90s"', fallback: readDuration(fallback), read: readDuration };
}

export function text<T extends string | undefined>(fallback: T): Reader<string | T> {
  const read = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return { expected: "a text that is not empty", example: '"..."', fallback, read };
}

export function choice<const C extends string, T extends C | undefined>(
  choices: readonly C[],
  fallback: T,
): Reader<C | T> {
  const read = (value: unknown) => choices.find((one) => one === value);
  return { expected: `one of ${choices.join(", ")}`, example: `"${choices[0]}"`, fallback, read };
}

export const flag: Reader<boolean> = {
  expected: "true or false",
  example: "true",
  fallback: false,
  read: (value) => (typeof value === "boolean" ? value : undefined),
};

/** Texts, or one of them alone. */
export const texts: Reader<string[]> = {
  expected: "a text or a list of texts, none of them empty",
  example: '["..."]',
  fallback: [],
  read: (value) => listOf(value, (one) => (typeof one === "string" && one !== "" ? one : undefined)),
};

/** Undefined where not given: then it is "migrations", unless something else says what is meant. */
export const folders: Reader<string[] | undefined> = {
  expected: "a path or file: URL, or a list of these that is not empty",
  example: '"migrations"',
  fallback: undefined,
  read(value) {
    const list = listOf(value, (one) => {
      if (one instanceof URL) return one.protocol === "file:" ? fileURLToPath(one) : undefined;
      return typeof one === "string" && one !== "" ? one : undefined;
    });
    return list?.length === 0 ? undefined : list;
  },
};

function listOf(value: unknown, read: (one: unknown) => string | undefined): string[] | undefined {
  const items = (Array.isArray(value) ? value : [value]).map(read);
  return items.includes(undefined) ? undefined : (items as string[]);
}

export const address: Reader<string | undefined> = {
  expected: "the URL of a database",
  example: '"postgres://USER:PASSWORD@HOST:PORT/DATABASE"',
  fallback: undefined,
  strict: true,
  read(value) {
    const url = value instanceof URL ? value.href : value;
    return typeof url === "string" && url.trim() !== "" ? url : undefined;
  },
};

export const variables: Reader<Readonly<Record<string, string | undefined>> | undefined> = {
  expected: "an object with variables",
  example: "process.env",
  fallback: undefined,
  read: (value) =>
    typeof value === "object" && value !== null ? (value as Record<string, string | undefined>) : undefined,
};

export const abortSignal: Reader<AbortSignal | undefined> = {
  expected: "an AbortSignal",
  example: "controller.signal",
  fallback: undefined,
  read: (value) => (value instanceof AbortSignal ? value : undefined),
};

export function listener<E>(): Reader<((event: E) => void) | undefined> {
  const read = (value: unknown) => (typeof value === "function" ? (value as (event: E) => void) : undefined);
  return { expected: "a function", example: "(event) => log(event)", fallback: undefined, read };
}

/** A version as it was written. @throws SluiceError SL2060 where it is none. */
export function versionOf(call: string, option: string, written: string): string {
  if (/^\d+$/.test(written)) return canonicalVersion(written);
  throw new SluiceError("SL2060", {
    params: { call, option, value: "no version", expected: "digits, as in a file name", example: '"42"' },
  });
}
