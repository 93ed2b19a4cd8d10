import { ConnectionError } from "./api-error.ts";
import type { WatchEvent } from "./client.ts";
import { linesOf } from "./http/lines.ts";
import { errorOfStatus } from "./http/status.ts";

const TYPES: ReadonlySet<unknown> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

/**
 * The events in the bytes of a watch, one a line. Half a line is never an event, even where what is there of it is
 * valid JSON: `{"a":1` and its rest may both be numbers.
 * @throws ApiError for an ERROR event, ConnectionError for a line that is torn or no event.
 */
export async function* watchEvents<T>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent<T>> {
  try {
    for await (const { text, complete } of linesOf(chunks)) {
      if (!complete) throw new ConnectionError("the watch was cut in the middle of an event");
      if (text.trim() !== "") yield eventOf<T>(text);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConnectionError(`the watch is not understood: ${error.message}`);
  }
}

function eventOf<T>(line: string): WatchEvent<T> {
  let event: { type?: unknown; object?: { metadata?: unknown } | null };
  try {
    event = JSON.parse(line) ?? {};
  } catch (cause) {
    throw new ConnectionError("the watch is not understood: a line that is no JSON", { cause });
  }
  if (event.type === "ERROR") throw errorOfStatus(event.object);
  if (!TYPES.has(event.type) || typeof event.object?.metadata !== "object" || event.object.metadata === null)
    throw new ConnectionError("the watch is not understood: a line that is no event");
  return event as WatchEvent<T>;
}
