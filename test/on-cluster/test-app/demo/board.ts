import { repeat } from "../../../support/repeat.ts";
import type { Place } from "../../real-fixture.ts";
import { api, handler } from "../fixture.ts";

/** What of a pod the board needs. */
export interface Pod {
  metadata: { labels?: Record<string, string>; deletionTimestamp?: string };
  spec: { containers: { image: string }[] };
  status: {
    conditions?: { type: string; status: string }[];
    initContainerStatuses?: { state?: { running?: object } }[];
  };
}

/** How the pods of one part are, in words: "3 of v1 ready, 1 of v2 at its gate". */
export function describePods(pods: readonly Pod[], part: string): string {
  const states = pods
    .filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === part)
    .map((pod) => [releaseOf(pod), stateOf(pod)] as const)
    .sort(([a, stateA], [b, stateB]) => a.localeCompare(b) || order.indexOf(stateA) - order.indexOf(stateB))
    .map(([release, state]) => `of ${release} ${state}`);
  const kinds = [...new Set(states)].map((kind) => `${states.filter((one) => one === kind).length} ${kind}`);
  return kinds.join(", ") || "no pod";
}

const order = ["ready", "at its gate", "starting", "ending"] as const;

function stateOf({ metadata, status }: Pod): (typeof order)[number] {
  if (metadata.deletionTimestamp !== undefined) return "ending";
  if (status.conditions?.some((one) => one.type === "Ready" && one.status === "True")) return "ready";
  return status.initContainerStatuses?.some(({ state }) => state?.running) ? "at its gate" : "starting";
}

const releaseOf = ({ spec }: Pod): string => spec.containers[0]?.image.split(":").at(-1) ?? "";

/** The newest look at the pods. */
export interface Board {
  api: string;
  handler: string;
}

/** Looks once a second until the end. The API server may be away in between. */
export function watchBoard(at: Place): Board {
  const board: Board = { api: "no pod", handler: "no pod" };
  repeat(1_000, async () => {
    const text = await at.kubectl("get pods --output=json").catch(() => undefined);
    if (text === undefined) return;
    const { items } = JSON.parse(text) as { items: Pod[] };
    board.api = describePods(items, api);
    board.handler = describePods(items, handler);
  });
  return board;
}
