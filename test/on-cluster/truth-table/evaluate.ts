import { ApiError } from "../../../src/kubernetes/api-error.ts";
import type { KubernetesClient } from "../../../src/kubernetes/client.ts";
import type { KubernetesObject } from "../../../src/kubernetes/types.ts";
import { recordedClient } from "./recorded.ts";
import { type State, type StateObject, withUids } from "./state.ts";

/** What the gate did in one state. */
export interface Row {
  state: State;
  opened: boolean;
  /** What a closed gate said. */
  reason: string;
  /** This server refused the state, so it was judged as a recorded object; in the server's words. */
  refused?: string;
}

/** The first verdict of a gate on this target. */
export type Judge = (
  target: string,
  identity: readonly string[],
  client: KubernetesClient,
) => Promise<{ open: boolean; reason: string }>;

/** Writes one state through the API, and asks the gate. */
export async function evaluate(
  client: KubernetesClient,
  state: State,
  name: string,
  judge: Judge,
): Promise<Row> {
  const fill = filler(name);
  const target = fill(state.target);
  const objects = state.objects.map(({ resource, object }) => ({ resource, object: fill(object) }));
  const ask = async (by: KubernetesClient) => {
    const { open, reason } = await judge(target, state.identity ?? [], by);
    return { state, opened: open, reason };
  };
  try {
    await write(client, objects, fill.uids);
  } catch (error) {
    // 422: the server's validation. Everything else is a mistake in the table.
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    return { ...(await ask(recordedClient(objects, fill.uids))), refused: error.message };
  }
  return ask(client);
}

/** Replaces `{name}` in everything, and remembers the uids that stand for `{uid:NAME}`. */
function filler(name: string) {
  const uids = new Map<string, string>();
  const fill = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll("{name}", name)) as T;
  return Object.assign(fill, { uids });
}

async function write(
  client: KubernetesClient,
  objects: readonly StateObject[],
  uids: Map<string, string>,
): Promise<void> {
  for (const { resource, object: raw } of objects) {
    const object = withUids(raw, uids);
    const { status, ...rest } = object as KubernetesObject & { status?: object };
    const { deletionTimestamp, ...metadata } = rest.metadata;
    const { name } = metadata;
    const made = await client.create<KubernetesObject>(resource, { ...rest, metadata });
    uids.set(name, made.metadata.uid ?? "");
    if (status !== undefined && Object.keys(status).length > 0) {
      await client.patch(resource, name, { status }, { type: "merge", subresource: "status" });
    }
    if (deletionTimestamp !== undefined) await client.delete(resource, name);
  }
}
