import { expect, test } from "bun:test";
import { failureOf } from "../../test/support/failure.ts";
import { ApiError } from "../kubernetes/api-error.ts";
import type { KubernetesClient, Selection, WatchEvent } from "../kubernetes/client.ts";
import { jobs } from "../kubernetes/resources.ts";
import type { Job } from "../kubernetes/types.ts";
import { getInstead } from "./get-instead.ts";

const forbidden = (verb: string) => new ApiError(403, "Forbidden", `cannot ${verb} resource "jobs"`);
const job = (resourceVersion: string): Job => ({ metadata: { name: "m", resourceVersion } });

/** A server as a Role leaves it: what is not given is forbidden. Real ones are asked in test/on-cluster. */
function server(allowed: { get?: () => Job | undefined; list?: () => Job[] }) {
  const asked: string[] = [];
  const client = {
    server: "https://x",
    namespace: "app",
    async get() {
      asked.push("get");
      if (allowed.get === undefined) throw forbidden("get");
      return allowed.get();
    },
    async list() {
      asked.push("list");
      if (allowed.list === undefined) throw forbidden("list");
      return { items: allowed.list(), resourceVersion: "7" };
    },
    // biome-ignore lint/correctness/useYield: it is refused before the first event
    async *watch() {
      asked.push("watch");
      throw forbidden("watch");
    },
    create: () => {},
    apply: () => {},
    patch: () => {},
    delete: () => {},
    logs: () => {},
    close: () => {},
  };
  return { asked, client: getInstead(client as unknown as KubernetesClient, { poll: 1, retry: 200 }) };
}

const byName = { namespace: "app", name: "m" };

/** Lists, then watches from there until so many events have come. */
async function eventsOf(client: KubernetesClient, selection: Selection, wanted: number): Promise<string[]> {
  const { resourceVersion, items } = await client.list<Job>(jobs, selection);
  const events = items.map((item) => `LISTED ${item.metadata.resourceVersion}`);
  const ended = new AbortController();
  for await (const event of client.watch<Job>(jobs, selection, resourceVersion, ended.signal)) {
    const { type, object } = event as Exclude<WatchEvent<Job>, { type: "BOOKMARK" }>;
    events.push(`${type} ${object.metadata.resourceVersion}`);
    if (events.length >= wanted) ended.abort();
  }
  return events;
}

test("with get alone an object of one name is fetched, and each change is an event", async () => {
  const states = [undefined, undefined, job("1"), job("1"), job("2"), undefined, job("3")];
  const { client } = server({ get: () => (states.length > 1 ? states.shift() : states[0]) });
  expect(await eventsOf(client, byName, 4)).toEqual(["ADDED 1", "MODIFIED 2", "DELETED 2", "ADDED 3"]);
});

test("with list and no watch a selector is listed again and again", async () => {
  const states = [[job("1")], [job("1")], [job("2")]];
  const { client } = server({ list: () => (states.length > 1 ? states.shift() : states[0]) ?? [] });
  const selection = { namespace: "app", labelSelector: "app=x" };
  expect(await eventsOf(client, selection, 2)).toEqual(["LISTED 1", "MODIFIED 2"]);
});

test("where nothing is allowed the error is that of the list, whose right is the one to ask for", async () => {
  const { client, asked } = server({});
  expect((await failureOf(client.list(jobs, byName))).message).toContain('cannot list resource "jobs"');
  expect((await failureOf(client.list(jobs, { labelSelector: "a=b" }))).message).toContain("cannot list");
  expect(asked).toEqual(["list", "get", "list"]);
});

test("after a while it asks for a new list, and so for the rights that may have come", async () => {
  const { client } = server({ get: () => job("1") });
  expect(await failureOf(eventsOf(client, byName, 2))).toMatchObject({ status: 410 });
});

test("an error while fetching is passed on", async () => {
  const { client } = server({
    get: () => {
      throw new ApiError(500, "InternalError", "boom");
    },
  });
  expect((await failureOf(client.list(jobs, byName))).message).toContain("boom");
});

test("a version that another list or an event has passed is not polled on from: what lies between is unknown", async () => {
  const { client } = server({ list: () => [job("1")] });
  const selection = { labelSelector: "app=x" };
  await client.list(jobs, selection);
  let opened = false;
  const { signal } = new AbortController();
  const events = client.watch(jobs, selection, "8", signal, () => {
    opened = true;
  });
  expect(await failureOf(events[Symbol.asyncIterator]().next())).toMatchObject({ status: 410 });
  expect(opened).toBe(false);
});
