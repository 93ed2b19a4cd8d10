import type { Selection } from "./client.ts";
import type { Resource } from "./resources.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Path of a resource, of one of its objects, or of a part of that; with its query. */
export function pathOf(
  resource: Resource,
  namespace: string,
  parts: readonly string[] = [],
  query: Query = {},
): string {
  const group = resource.group === "" ? ["api"] : ["apis", resource.group];
  const place = resource.namespaced ? ["namespaces", namespace] : [];
  const path = [...group, resource.version, ...place, resource.plural, ...parts];
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(
    pairs.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return `/${path.map(encodeURIComponent).join("/")}${search === "" ? "" : `?${search}`}`;
}

/** The query of a list or watch. */
export function selectionQuery(selection: Selection): Query {
  const name = selection.name === undefined ? [] : [`metadata.name=${selection.name}`];
  const fields = selection.fieldSelector === undefined ? [] : [selection.fieldSelector];
  const fieldSelector = [...name, ...fields].join(",");
  return {
    labelSelector: selection.labelSelector,
    fieldSelector: fieldSelector === "" ? undefined : fieldSelector,
  };
}

/** In path or query `..` and an empty name would mean something else. @throws RangeError */
export function checkName(name: string): string {
  if (name === "" || name === "." || name === ".." || /[/%]/.test(name))
    throw new RangeError(`${JSON.stringify(name)} cannot be the name of an object`);
  return name;
}
