import { ConnectionError } from "../api-error.ts";
import type { Endpoint } from "../endpoint.ts";
import { chunksOf, connectionError } from "./body.ts";
import { errorOfAnswer } from "./status.ts";

/** Milliseconds. Tests shorten them. */
export interface Limits {
  /** From the request to the head of the answer. The API server itself gives up a request after 60 s. */
  answer: number;
  /** Without a byte in a watch. Bookmarks come about once a minute (kube-apiserver, `defaultBookmarkFrequency`). */
  idle: number;
}

export const LIMITS: Limits = { answer: 15_000, idle: 75_000 };

export interface Call {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** From the root of the API, with its query. */
  path: string;
  body?: unknown;
  /** Of the body; JSON unless told. */
  type?: string;
  signal?: AbortSignal | undefined;
}

/** An answer of 2xx. Whoever takes it reads it to its end or calls `abandon`. */
export interface Answer {
  chunks(idleMs: number | undefined): AsyncGenerator<Uint8Array>;
  json(): Promise<unknown>;
  abandon(): void;
}

export interface Transport {
  /** @throws ApiError for every answer but 2xx, ConnectionError where none came. */
  send(call: Call): Promise<Answer>;
  /** Ends what is under way. */
  close(): void;
}

/** Error bodies are short; a page of a proxy need not be read to its end. */
const ERROR_BODY = 64 * 1024;

/**
 * HTTP requests to one API server over `fetch`, which keeps connections for the next request, and takes the least
 * memory of what Bun offers (measured: 37 MiB at the first event, node:tls 40, node:https 42).
 */
export function createTransport(endpoint: Endpoint, agent: string, limits: Limits): Transport {
  const closing = new AbortController();
  const where = whereabouts(endpoint);
  /** After a broken connection others of the pool may be dead too, and silent: the next one is a new one. */
  let doubtful = false;

  async function attempt(call: Call): Promise<Answer> {
    const settings = await endpoint.settings(call.signal);
    const control = new AbortController();
    const abandon = (reason: unknown) => control.abort(reason);
    const outer = [closing.signal, ...(call.signal ? [call.signal] : [])];
    const stop = () => abandon(outer.find((one) => one.aborted)?.reason);
    for (const signal of outer) signal.addEventListener("abort", stop, { once: true });
    const release = () => {
      for (const signal of outer) signal.removeEventListener("abort", stop);
    };
    if (outer.some((one) => one.aborted)) stop();
    const late = new ConnectionError(`no answer within ${limits.answer / 1000} s${where}`);
    const timer = setTimeout(abandon, limits.answer, late);
    try {
      const answer = await fetch(`${endpoint.base}${call.path}`, {
        method: call.method,
        headers: {
          ...settings.headers,
          accept: "application/json",
          "user-agent": agent,
          ...(call.body === undefined ? {} : { "content-type": call.type ?? "application/json" }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: control.signal,
        // A redirect would take the token to somewhere else.
        redirect: "manual",
        // Bun gives up after five quiet minutes otherwise; the limits here are shorter, or meant to be none.
        timeout: false,
        decompress: false,
        keepalive: !doubtful,
        tls: settings.tls,
        // Bun's own reading of the environment knows no ranges; it is switched off either way.
        proxy: endpoint.proxy === undefined ? false : { url: endpoint.proxy, respectNoProxy: false },
      } as BunFetchRequestInit);
      doubtful = false;
      const chunks = async function* (idleMs: number | undefined) {
        clearTimeout(timer);
        try {
          yield* chunksOf(answer, idleMs, abandon);
        } catch (error) {
          doubtful = true;
          throw whyEnded(error, outer, where);
        } finally {
          release();
        }
      };
      if (answer.ok)
        return {
          chunks,
          json: async () => parse(await textOf(chunks(limits.answer)), answer, where),
          abandon: () => {
            clearTimeout(timer);
            abandon(new Error("no longer read"));
            release();
          },
        };
      throw errorOfAnswer(answer, await textOf(chunks(limits.answer), ERROR_BODY));
    } catch (error) {
      release();
      if (control.signal.aborted && control.signal.reason === late) {
        doubtful = true;
        throw late;
      }
      if (error instanceof Error && error.name === "ApiError") throw error;
      doubtful = true;
      throw whyEnded(error, outer, where);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async send(call) {
      try {
        return await attempt(call);
      } catch (error) {
        // 401: a token that was rotated meanwhile, or a plugin's that was withdrawn before its time.
        const refused = error instanceof Error && "status" in error && error.status === 401;
        if (!refused || !endpoint.refused()) throw error;
        return attempt(call);
      }
    },
    close: () => closing.abort(new ConnectionError("the client was closed")),
  };
}

/** The reason of the signal where the caller ended it, else a ConnectionError that says where. */
function whyEnded(error: unknown, signals: readonly AbortSignal[], where: string): unknown {
  const signal = signals.find((one) => one.aborted);
  if (signal !== undefined) return signal.reason;
  const why = connectionError(error);
  return why.message.endsWith(where) ? why : new ConnectionError(`${why.message}${where}`, { cause: error });
}

/** " (HOST:PORT)" of the server, and of the proxy before it, without what else is in their addresses. */
function whereabouts({ base, proxy }: Endpoint): string {
  const place = (address: string) => {
    const { hostname, port, protocol } = new URL(address);
    return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
  };
  return ` (${place(base)}${proxy === undefined ? "" : ` through the proxy ${place(proxy)}`})`;
}

async function textOf(
  chunks: AsyncGenerator<Uint8Array>,
  atMost = Number.POSITIVE_INFINITY,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    pieces.push(chunk);
    length += chunk.length;
    if (length >= atMost) break;
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** @throws ConnectionError: 200 with something else than JSON comes from something in between, or was torn. */
function parse(text: string, answer: Response, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const type = answer.headers.get("content-type")?.split(";")[0] ?? "nothing that it names";
    throw new ConnectionError(
      `the answer is not whole, or no JSON (${type}, ${text.length} characters)${where}`,
      { cause },
    );
  }
}
