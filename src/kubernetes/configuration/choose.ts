import { SluiceError } from "../../errors.ts";
import { type Entry, type Kubeconfig, textAt } from "./entries.ts";

export interface Chosen {
  cluster: Entry;
  user: Entry | undefined;
  namespace: string | undefined;
}

/**
 * The cluster and the user of a context.
 * @param context the current one unless told.
 * @throws SluiceError SL7004 with the names that are there.
 */
export function chooseContext(config: Kubeconfig, context: string | undefined): Chosen {
  const name = context ?? config.currentContext;
  if (name === undefined)
    throw new SluiceError("SL7004", {
      params: { kind: "current-context", name: "(none is set)" },
      notes: known("contexts", config.contexts),
      hint: "Choose one with --context NAME or `kubectl config use-context NAME`.",
    });
  const chosen = find("context", name, config.contexts);
  const clusterName = textAt(chosen, "cluster");
  if (clusterName === undefined) throw absent("cluster", "", config.clusters, chosen);
  const userName = textAt(chosen, "user");
  return {
    cluster: find("cluster", clusterName, config.clusters, chosen),
    user: userName === undefined ? undefined : find("user", userName, config.users, chosen),
    namespace: textAt(chosen, "namespace"),
  };
}

function find(kind: string, name: string, entries: ReadonlyMap<string, Entry>, context?: Entry): Entry {
  const entry = entries.get(name);
  if (entry === undefined) throw absent(kind, name, entries, context);
  return entry;
}

function absent(
  kind: string,
  name: string,
  entries: ReadonlyMap<string, Entry>,
  context?: Entry,
): SluiceError {
  return new SluiceError("SL7004", {
    params: { kind, name: name === "" ? "(the context names none)" : name },
    ...(context === undefined ? {} : { place: context.place([kind]) }),
    notes: known(`${kind}s`, entries),
  });
}

function known(list: string, entries: ReadonlyMap<string, Entry>): string[] {
  const names = [...entries.keys()];
  return [names.length === 0 ? `it has no ${list}` : `its ${list}: ${names.sort().join(", ")}`];
}
