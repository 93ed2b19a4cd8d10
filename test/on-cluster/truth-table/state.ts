import type { Resource } from "../../../src/kubernetes/resources.ts";
import type { KubernetesObject } from "../../../src/kubernetes/types.ts";

/** One object of a state, with the status that is written through the status subresource. */
export interface StateObject {
  resource: Resource;
  object: KubernetesObject & Record<string, unknown>;
}

/**
 * One state of the cluster, and what a gate must do in it. `{name}` in names and labels stands for a name that the
 * table gives each state.
 */
export interface State {
  /** Rows that belong together: "Job by its conditions". */
  group: string;
  /** What is special about this state, in the words of the API. */
  words: string;
  /** As on the command line, with `{name}`. */
  target: string;
  /** Values of --identity. */
  identity?: readonly string[];
  objects: readonly StateObject[];
  /** What the definition in the API documentation asks for. */
  opens: boolean;
  /** The same question for kubectl, where it has one: its arguments; it succeeds when the condition holds. */
  kubectl?: readonly string[];
}

/** Every combination of one value of each list, in the order of counting. */
export function product<T extends Record<string, readonly unknown[]>>(
  lists: T,
): { [K in keyof T]: T[K][number] }[] {
  let rows: Record<string, unknown>[] = [{}];
  for (const [key, values] of Object.entries(lists)) {
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [key]: value })));
  }
  return rows as { [K in keyof T]: T[K][number] }[];
}

/** Says a set of fields in one line: "active=1 failed=1"; "nothing" where none is there. */
export function fieldsInWords(fields: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`);
  return said.length === 0 ? "nothing" : said.join(" ");
}

/** Puts the uids that the server gave into the owner references. */
export function withUids<T>(object: T, uids: ReadonlyMap<string, string>): T {
  return JSON.parse(
    JSON.stringify(object).replace(/\{uid:([^}]+)\}/g, (_, name: string) => uids.get(name) ?? name),
  ) as T;
}
