import { isJsonMap, type JsonMap, mapsAt, textAt } from "./json.ts";

/**
 * The variable by which `eject` knows a gate that was injected. It stands in the container itself and not in a
 * comment, because it must outlive Helm, Kustomize and the API server.
 */
export const markVariable = "SLUICE_INJECTED";

/** How the names of the gate's own volumes begin. */
export const volumePrefix = "sluice-gate-";

/** Lists of a pod's spec that a gate adds to. */
export const LISTS = ["initContainers", "volumes"] as const;
export type ListKey = (typeof LISTS)[number];

/** @param made what `ListPlace.made` says of each list. */
export function markValue(made: readonly (string | undefined)[]): string {
  return ["gate", ...made.filter((one) => one !== undefined)].join(",");
}

/** What belongs to injected gates in a pod's spec: indices by list, and what the mark says about the list itself. */
export interface Owned {
  readonly indices: Readonly<Record<ListKey, readonly number[]>>;
  made(key: ListKey): string | undefined;
}

/** Finds what was injected; undefined where there is none. */
export function findOwned(spec: JsonMap): Owned | undefined {
  const inits = Array.isArray(spec["initContainers"]) ? spec["initContainers"] : [];
  const gates = inits.flatMap((one, index) => (isJsonMap(one) && isMarked(one) ? [{ one, index }] : []));
  if (gates.length === 0) return undefined;
  const mounted = gates.flatMap(({ one }) =>
    mapsAt(one, "volumeMounts").map((mount) => textAt(mount, "name")),
  );
  const volumes = Array.isArray(spec["volumes"]) ? spec["volumes"] : [];
  const own = volumes.flatMap((one, index) => {
    const name = textAt(one, "name");
    return name?.startsWith(volumePrefix) && mounted.includes(name) ? [index] : [];
  });
  const marks = gates.flatMap(({ one }) => markOf(one)?.split(",") ?? []);
  return {
    indices: { initContainers: gates.map(({ index }) => index), volumes: own },
    made: (key) => marks.find((mark) => mark === key || mark.startsWith(`${key}=`)),
  };
}

function isMarked(container: JsonMap): boolean {
  return mapsAt(container, "env").some((one) => textAt(one, "name") === markVariable);
}

function markOf(container: JsonMap): string | undefined {
  const variable = mapsAt(container, "env").find((one) => textAt(one, "name") === markVariable);
  return textAt(variable, "value");
}
