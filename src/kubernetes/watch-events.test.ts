import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/support/failure.ts";
import { ApiError, ConnectionError } from "./api-error.ts";
import type { WatchEvent } from "./client.ts";
import { linesOf } from "./http/lines.ts";
import { watchEvents } from "./watch-events.ts";

type Named = { metadata: { name: string; resourceVersion: string } };

const event = (type: string, name: string, version: string) =>
  `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: version } } })}\n`;

async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part;
}

async function collect(parts: Uint8Array[]): Promise<{ events: WatchEvent<Named>[]; error: unknown }> {
  const events: WatchEvent<Named>[] = [];
  try {
    for await (const one of watchEvents<Named>(pieces(...parts))) events.push(one);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

const stream = Buffer.from(
  event("ADDED", "app-größe-日本", "7") + event("BOOKMARK", "", "8") + event("MODIFIED", "zwei", "9"),
);

describe("the events of a watch", () => {
  test("are the same wherever the bytes were cut", async () => {
    const whole = await collect([stream]);
    expect(whole.events.map(({ type }) => type)).toEqual(["ADDED", "BOOKMARK", "MODIFIED"]);
    expect((whole.events[0]!.object as Named).metadata.name).toBe("app-größe-日本");
    for (let at = 0; at <= stream.length; at++)
      expect(await collect([stream.subarray(0, at), stream.subarray(at)])).toEqual(whole);
    expect(await collect([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  test("torn at any byte, what was whole counts and the rest is an error", async () => {
    const ends = [...stream.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1);
    for (let at = 1; at < stream.length; at++) {
      const { events, error } = await collect([stream.subarray(0, at)]);
      expect(events).toHaveLength(ends.filter((end) => end <= at).length);
      expect(error instanceof ConnectionError).toBe(!ends.includes(at));
    }
  });

  test("an ERROR event is what it says, with the wait it asks for", async () => {
    const status = {
      kind: "Status",
      code: 410,
      reason: "Expired",
      message: "too old resource version: 1 (5)",
    };
    const { error } = await collect([Buffer.from(`${JSON.stringify({ type: "ERROR", object: status })}\n`)]);
    expect(error).toMatchObject({
      name: "ApiError",
      status: 410,
      reason: "Expired",
      message: status.message,
    });
    const busy = { code: 429, reason: "TooManyRequests", details: { retryAfterSeconds: 3 } };
    const other = await collect([Buffer.from(`${JSON.stringify({ type: "ERROR", object: busy })}\n`)]);
    expect((other.error as ApiError).retryAfter).toBe(3000);
  });

  test.each(["<html>", "null", "[]", '{"type":"ADDED"}', '{"type":"NEW","object":{"metadata":{}}}', "5"])(
    "%s is no event",
    async (line) => {
      const { events, error } = await collect([Buffer.from(`${line}\n`)]);
      expect(events).toEqual([]);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).not.toBeInstanceOf(ApiError);
    },
  );

  test("a very long line is read in one piece, and one beyond all measure refused", async () => {
    const long = Buffer.from(event("ADDED", "x".repeat(3_000_000), "1"));
    const parts = Array.from({ length: Math.ceil(long.length / 1000) }, (_, index) =>
      long.subarray(index * 1000, index * 1000 + 1000),
    );
    expect((await collect(parts)).events).toHaveLength(1);
    const read = async () => {
      for await (const _ of linesOf(pieces(Buffer.alloc(60, 97), Buffer.alloc(60, 97)), 100));
    };
    expect(await failureOf(read())).toBeInstanceOf(RangeError);
  });
});
