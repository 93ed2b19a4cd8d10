import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/support/failure.ts";
import {
  html,
  line,
  list,
  object,
  type Step,
  scriptedApi,
  statusAnswer,
  stream,
} from "../../test/support/scripted-api.ts";
import { createBackoff } from "./backoff.ts";
import { observe } from "./observe.ts";
import { jobs } from "./resources.ts";
import type { KubernetesObject } from "./types.ts";

const never = stream("", "never");
const forever = line("BOOKMARK", { metadata: { resourceVersion: "9" } });

interface Told {
  /** Names and versions at each call of `changed`, and messages of `troubled`. */
  said: string[];
  seen: string[];
  error: unknown;
}

/** Observes until something was said that ends so, or 10 s have passed. */
async function observed(steps: readonly Step[], until: string, limits = {}): Promise<Told> {
  const { client, seen } = await scriptedApi(steps, limits);
  const said: string[] = [];
  const control = new AbortController();
  const signal = AbortSignal.any([control.signal, AbortSignal.timeout(10_000)]);
  const say = (text: string) => {
    said.push(text);
    if (text.endsWith(until)) control.abort();
  };
  let error: unknown;
  await observe<KubernetesObject>(
    client,
    jobs,
    { name: "a" },
    {
      changed: (items) =>
        say(
          [...items].map(([name, { metadata }]) => `${name}@${metadata.resourceVersion}`).join(" ") || "none",
        ),
      // The port is another each time.
      troubled: ({ message }) => say(`! ${message.replace(/(127\.0\.0\.1):\d+/, "$1:PORT")}`),
    },
    signal,
  ).catch((thrown) => {
    error = thrown;
  });
  return { said, seen: seen.map((one) => one.replace(/timeoutSeconds=\d+/, "T")), error };
}

const path = "GET /apis/batch/v1/namespaces/shop/jobs";
const listing = `${path}?fieldSelector=metadata.name%3Da&limit=500`;
const watching = (version: string) =>
  `${path}?fieldSelector=metadata.name%3Da&watch=true&resourceVersion=${version}&allowWatchBookmarks=true&T`;

describe("observe", () => {
  test("one list and one watch; a name that is not there is an empty set", async () => {
    const told = await observed([list("5"), stream(line("ADDED", object("a", "6")), "never")], "a@6");
    expect(told).toEqual({ said: ["none", "a@6"], seen: [listing, watching("5")], error: undefined });
  });

  test("a watch that the server ends goes on from the last version, which bookmarks keep fresh", async () => {
    const told = await observed(
      [
        list("5", "a"),
        stream(line("MODIFIED", object("a", "6")) + forever, "clean"),
        stream(line("DELETED", object("a", "10")), "never"),
      ],
      "none",
    );
    expect(told.said).toEqual(["a@5", "a@6", "none"]);
    expect(told.seen).toEqual([listing, watching("5"), watching("9")]);
  });

  // What came last before the cut may be lost with the connection; the list has it.
  test.each(["cut", "reset"] as const)("a watch that was %s is trouble until a new list", async (end) => {
    const broken = stream(line("MODIFIED", object("a", "6")), end);
    const told = await observed([list("5", "a"), broken, list("7", "a"), never], "a@7");
    expect(told.said.filter((one) => one !== "a@6")).toEqual([
      "a@5",
      "! the connection was cut (127.0.0.1:PORT)",
      "a@7",
    ]);
    expect(told.seen.slice(0, 3)).toEqual([listing, watching("5"), listing]);
  });

  test("nothing for too long is a cut, too", async () => {
    const told = await observed([list("5", "a"), never, list("7", "a"), never], "a@7", { idle: 100 });
    expect(told.said).toEqual(["a@5", "! nothing came for 0.1 s (127.0.0.1:PORT)", "a@7"]);
  });

  test("cut at any byte of an event, nothing is believed that was not whole", async () => {
    const bytes = Buffer.from(line("MODIFIED", object("a", "6")));
    const offsets = Array.from({ length: bytes.length }, (_, at) => at);
    const runs = offsets.map((at) =>
      observed([list("5", "a"), stream(bytes.subarray(0, at), "cut"), list("7", "a"), never], "a@7"),
    );
    for (const { said } of await Promise.all(runs))
      expect(said).toEqual(["a@5", "! the connection was cut (127.0.0.1:PORT)", "a@7"]);
  });

  test.each([
    ["as an answer", statusAnswer(410, "Expired", "too old")],
    ["as an event", stream(line("ERROR", { code: 410, reason: "Expired", message: "too old" }), "clean")],
  ])("410 %s means list again, and is no trouble", async (_, gone) => {
    const told = await observed([list("5", "a"), gone, list("8", "a"), never], "a@8");
    expect(told.said).toEqual(["a@5", "a@8"]);
    expect(told.seen.slice(0, 3)).toEqual([listing, watching("5"), listing]);
  });

  test("each new message is told once, and it goes on through whatever is answered", async () => {
    const denied = statusAnswer(403, "Forbidden", "jobs is forbidden");
    const told = await observed(
      [denied, denied, html(502), html(200), statusAnswer(500, "", "etcd"), list("5", "a")],
      "a@5",
    );
    expect(told.said).toEqual([
      "! jobs is forbidden",
      "! HTTP 502 Bad Gateway (text/html, not from the API server itself)",
      "! the answer is not whole, or no JSON (text/html, 6 characters) (127.0.0.1:PORT)",
      "! etcd",
      "a@5",
    ]);
  });

  test("Retry-After is obeyed", async () => {
    const began = performance.now();
    const busy = statusAnswer(429, "TooManyRequests", "busy", { "retry-after": "1" });
    const told = await observed([busy, list("5", "a")], "a@5");
    expect(told.said).toEqual(["! busy", "a@5"]);
    expect(performance.now() - began).toBeGreaterThan(1000);
  });

  test("a watch that is refused is trouble until it is open, whatever lists say that is not news", async () => {
    const taken = stream(line("ERROR", { code: 403, reason: "Forbidden", message: "no" }), "clean");
    const denied = statusAnswer(403, "Forbidden", "no watch");
    const again = [list("5", "a"), denied, list("5", "a"), denied, list("5", "a")];
    const open = stream(line("MODIFIED", object("a", "11")), "never");
    const told = await observed([list("5", "a"), taken, ...again, open], "a@11");
    expect(told.said).toEqual(["a@5", "! no", "a@5", "! no watch", "a@5", "a@11"]);
  });

  test("a watch that ends at once does not spin", async () => {
    const { client, seen } = await scriptedApi([list("5", "a"), stream("", "clean")]);
    const ignore = { changed: () => {}, troubled: () => {} };
    await observe(client, jobs, { name: "a" }, ignore, AbortSignal.timeout(3000));
    // 100, 200, 400, 800 ms and so on, each halved at most.
    expect(seen.length).toBeLessThan(10);
  });

  test("the end of an earlier object of the same name is not the end of the new one", async () => {
    const events = [
      line("ADDED", object("a", "7", "new")),
      line("DELETED", object("a", "8", "uid-a")),
      line("MODIFIED", object("a", "9", "new")),
    ].join("");
    const told = await observed([list("5", "a"), stream(events, "never")], "a@9");
    expect(told.said).toEqual(["a@5", "a@7", "a@9"]);
  });

  test("what will not pass ends it", async () => {
    const told = await observed([list("5")], "none");
    expect(told.error).toBeUndefined();
    const { client } = await scriptedApi([list("5")]);
    const broken = { ...client, list: () => Promise.reject(new TypeError("a bug")) };
    const ignore = { changed: () => {}, troubled: () => {} };
    expect((await failureOf(observe(broken, jobs, {}, ignore, AbortSignal.timeout(5000)))).message).toContain(
      "a bug",
    );
  });
});

test("the back-off doubles to 1.5 s, jitters, and starts again", () => {
  const full = createBackoff(() => 1);
  expect([1, 2, 3, 4, 5, 6].map(() => full.next())).toEqual([100, 200, 400, 800, 1500, 1500]);
  full.reset();
  expect(full.next(2000)).toBe(2100);
  expect(createBackoff(() => 0).next()).toBe(50);
});
