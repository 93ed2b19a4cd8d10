import { type Place, SluiceError } from "../../errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** One entry of a kubeconfig's lists, and where it stands. */
export interface Entry {
  name: string;
  file: string;
  fields: Fields;
  /** Of the entry, or of one of its keys: ["exec", "command"]. */
  place(path?: readonly string[]): Place;
}

/** One kubeconfig, or several that were merged. */
export interface Kubeconfig {
  clusters: ReadonlyMap<string, Entry>;
  users: ReadonlyMap<string, Entry>;
  contexts: ReadonlyMap<string, Entry>;
  currentContext: string | undefined;
}

/** The text at a path, undefined where there is none or an empty one. @throws SluiceError SL7003 for another kind of value. */
export function textAt(entry: Entry, ...path: string[]): string | undefined {
  const value = valueAt(entry, path);
  if (value === undefined || value === null || value === "") return undefined;
  // A token of digits alone is a number in YAML.
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value;
  throw wrong(entry, path, "it should be a text");
}

export function flagAt(entry: Entry, ...path: string[]): boolean {
  const value = valueAt(entry, path);
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  throw wrong(entry, path, "it should be true or false");
}

export function mappingAt(entry: Entry, ...path: string[]): Fields | undefined {
  const value = valueAt(entry, path);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) return value as Fields;
  throw wrong(entry, path, "it should be a mapping");
}

export function listAt(entry: Entry, ...path: string[]): readonly unknown[] {
  const value = valueAt(entry, path);
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw wrong(entry, path, "it should be a list");
}

/** Base64 of a `-data` key, as text. @throws SluiceError SL7010 */
export function dataAt(entry: Entry, key: string): string | undefined {
  const text = textAt(entry, key)?.replace(/\s/g, "");
  if (text === undefined) return undefined;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    throw new SluiceError("SL7010", {
      params: { key, reason: "it is not base64" },
      place: entry.place([key]),
    });
  return Buffer.from(text, "base64").toString("utf8");
}

/** The value itself may be a secret and is not repeated. */
export function wrong(entry: Entry, path: readonly string[], reason: string): SluiceError {
  return new SluiceError("SL7003", {
    params: { reason: `${path.join(".")} of ${entry.name}: ${reason}` },
    place: entry.place(path),
  });
}

function valueAt(entry: Entry, path: readonly string[]): unknown {
  let value: unknown = entry.fields;
  for (const key of path) value = (value as Fields | null | undefined)?.[key];
  return value;
}
