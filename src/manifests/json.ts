/** What YAML and JSON hold, as JavaScript. */
export type Json = null | boolean | number | string | Json[] | JsonMap;
export interface JsonMap {
  [key: string]: Json | undefined;
}

/** Whether it is a map of keys: no list, and nothing that a tag of YAML makes (`!!binary`, `!!timestamp`, `!!set`). */
export function isJsonMap(value: unknown): value is JsonMap {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The map below a path of keys; an empty one where there is none. */
export function mapAt(value: unknown, ...path: readonly (string | number)[]): JsonMap {
  const found = at(value, path);
  return isJsonMap(found) ? found : {};
}

/** The maps of a list below a path of keys. */
export function mapsAt(value: unknown, ...path: readonly (string | number)[]): JsonMap[] {
  const found = at(value, path);
  return Array.isArray(found) ? found.filter(isJsonMap) : [];
}

/** The text below a path of keys, where it is one. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, path);
  return typeof found === "string" ? found : undefined;
}

/** What stands at a path; undefined where it does not exist. */
export function at(value: unknown, path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string | number, unknown>)[key];
  }
  return here;
}

/** Whether a switch is off. Kubernetes' parser follows YAML 1.1, in which `no` and `off` say so too. */
export function isOff(value: unknown): boolean {
  return value === false || (typeof value === "string" && /^(no|off)$/i.test(value));
}

/** Whether a switch is on: `yes` and `on` say so too. */
export function isOn(value: unknown): boolean {
  return value === true || (typeof value === "string" && /^(yes|on)$/i.test(value));
}

/** A copy in which nothing is shared, as an alias makes it: a change of one place changes one place. */
export function unshared<T>(value: T): T {
  if (Array.isArray(value)) return value.map(unshared) as T;
  if (!isJsonMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unshared(one)])) as T;
}
