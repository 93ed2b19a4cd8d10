import { SluiceError } from "../../errors.ts";
import { ApiError } from "../../kubernetes/api-error.ts";
import type { Selection } from "../../kubernetes/client.ts";
import { observe } from "../../kubernetes/observe.ts";
import type { Resource } from "../../kubernetes/resources.ts";
import type { KubernetesObject } from "../../kubernetes/types.ts";
import type { Condition, Verdict } from "../condition.ts";
import type { Cluster } from "./cluster.ts";
import { judgeTrouble, type Rights } from "./trouble.ts";
import { watchingCondition } from "./watching.ts";

/** What to list and watch. */
export interface Query {
  resource: Resource;
  selection: Selection;
}

/** What is known of the objects of a query. */
export interface Followed<T> {
  /** By name; undefined before the first answer. */
  items: ReadonlyMap<string, T> | undefined;
  /** Set while the items may be old. */
  trouble: Error | undefined;
}

/**
 * Keeps up with the objects of a query until the signal is aborted.
 * @param changed called when `items` or `trouble` has changed.
 * @param failed called where it ends by itself, which would be a bug.
 */
export function follow<T extends KubernetesObject>(
  cluster: Cluster,
  { resource, selection }: Query,
  changed: () => void,
  failed: (error: unknown) => void,
  signal: AbortSignal,
): Followed<T> {
  const state: Followed<T> = { items: undefined, trouble: undefined };
  const observer = {
    changed(items: ReadonlyMap<string, T>) {
      state.items = items;
      state.trouble = undefined;
      if (!signal.aborted) changed();
    },
    troubled(error: Error) {
      state.trouble = error;
      if (!signal.aborted) changed();
    },
  };
  observe<T>(cluster.client, resource, selection, observer, signal).then(
    () => {
      if (!signal.aborted) failed(new Error(`the watch of ${resource.plural} ended`));
    },
    (error) => {
      if (!signal.aborted) failed(error);
    },
  );
  return state;
}

/**
 * A selector that the API server cannot read will never match.
 * @throws SluiceError SL5008 (exit 2).
 */
export function refuseBadSelector(trouble: Error | undefined, selector: string | undefined): void {
  if (selector === undefined || !(trouble instanceof ApiError)) return;
  // With a Status of that reason the server itself says so; a proxy in between gives none.
  if (trouble.status !== 400 || trouble.reason !== "BadRequest") return;
  throw new SluiceError("SL5008", {
    params: {
      problem: `the API server cannot read the selector ${JSON.stringify(selector)}: ${trouble.message}`,
      suggestion: "Write `-l KEY=VALUE`, `-l 'KEY in (A,B)'`, or several with commas between them.",
    },
  });
}

/** What a condition does with the objects of its query. */
export interface Look<T> {
  judge(items: ReadonlyMap<string, T>): Verdict;
  /** Adds to a verdict what else can be found out; calls `again` (of `start`) when there is more. */
  explain?(verdict: Verdict, items: ReadonlyMap<string, T>): Verdict;
}

/**
 * A condition on the objects of one query: one list and one watch.
 * @param start gives the rule, afresh for each wait; `again` has it judge once more without news.
 */
export function queryCondition<T extends KubernetesObject>(
  target: string,
  cluster: Cluster,
  query: Query,
  rights: Rights,
  start: (again: () => void, signal: AbortSignal) => Look<T>,
): Condition {
  return watchingCondition(target, ({ again, failed, signal }) => {
    const { judge, explain } = start(again, signal);
    const state = follow<T>(cluster, query, again, failed, signal);
    return () => {
      if (state.items === undefined) refuseBadSelector(state.trouble, query.selection.labelSelector);
      if (state.trouble !== undefined) return { trouble: judgeTrouble(state.trouble, rights) };
      if (state.items === undefined) return undefined;
      const verdict = judge(state.items);
      return { verdict: explain?.(verdict, state.items) ?? verdict };
    };
  });
}
