import { readFileSync } from "node:fs";
import {
  createServer as createPlain,
  type IncomingMessage,
  request as plainRequest,
  type ServerResponse,
} from "node:http";
import { createServer as createTls, request as tlsRequest } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { cleanUpAfter } from "./cleanup.ts";

/**
 * What the proxy does with a request. Undefined passes it on.
 * - `answer`: the request gets this and does not reach the server.
 * - `cutAfter`: so many bytes of the body are passed on, then the connection is reset.
 * - `endAfter`: the same, but the answer ends as if it were whole.
 * - `stallAfter`: the same, but nothing comes any more, and the connection stays.
 * - `delay`: milliseconds before the request is passed on.
 */
export interface Fault {
  answer?: { status: number; headers?: Record<string, string>; body?: string };
  cutAfter?: number;
  endAfter?: number;
  stallAfter?: number;
  delay?: number;
}

/** A request as the proxy saw it. */
export interface Seen {
  method: string;
  /** With its query. */
  path: string;
  watch: boolean;
  authorization: string | undefined;
}

export interface ApiProxy {
  /** "https://127.0.0.1:PORT", or http where no certificate was given. */
  url: string;
  port: number;
  /** Every request, in order. */
  seen: Seen[];
  /** Decides for each request from now on; undefined passes all on. */
  fault(decide: ((request: Seen) => Fault | undefined) | undefined): void;
  /** Resets every connection that is open. */
  cut(): void;
  /** From now on nothing goes through in either direction, silently: bytes are taken, and go nowhere. */
  stall(): void;
  /** Connections that come from now on work again. Those that were stalled stay so. */
  unstall(): void;
  /** Refuses connections until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  close(): Promise<void>;
}

export interface ApiProxyOptions {
  /** Address of the API server, "https://127.0.0.1:6443". */
  target: string;
  /** PEM texts or paths: of the proxy itself. Without them it speaks plain HTTP to its clients. */
  cert?: string;
  key?: string;
  /** Of the API server; not verified without. */
  targetCa?: string;
  /** How the proxy is known to the server where a client's certificate ends at the proxy. */
  clientCert?: string;
  clientKey?: string;
}

const pem = (text: string) => (text.includes("-----BEGIN") ? text : readFileSync(text, "utf8"));

/**
 * A proxy in front of an API server which terminates TLS, so that it sees requests and can break each of them by its
 * own rule. In front of that listens a plain TCP relay, which cuts and stalls connections without a word of TLS.
 * Ends with the running test.
 */
export async function startApiProxy(options: ApiProxyOptions): Promise<ApiProxy> {
  const seen: Seen[] = [];
  let decide: ((request: Seen) => Fault | undefined) | undefined;

  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault) => {
    const target = new URL(options.target);
    const send = target.protocol === "https:" ? tlsRequest : plainRequest;
    const upstream = send({
      host: target.hostname.replace(/^\[|\]$/g, ""),
      port: target.port,
      path: incoming.url,
      method: incoming.method,
      headers: { ...incoming.headers, host: target.host },
      agent: false,
      ...(options.targetCa === undefined ? { rejectUnauthorized: false } : { ca: pem(options.targetCa) }),
      ...(options.clientCert === undefined ? {} : { cert: pem(options.clientCert) }),
      ...(options.clientKey === undefined ? {} : { key: pem(options.clientKey) }),
    });
    upstream.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, withoutLength(answer.headers, fault));
      outgoing.flushHeaders();
      relayBody(answer, outgoing, fault);
    });
    upstream.on("error", () => outgoing.destroy());
    outgoing.on("close", () => upstream.destroy());
    incoming.pipe(upstream);
  };

  const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const path = incoming.url ?? "/";
    const { method = "GET", headers } = incoming;
    const request = {
      method,
      path,
      watch: /[?&]watch=true/.test(path),
      authorization: headers.authorization,
    };
    seen.push(request);
    const fault = decide?.(request) ?? {};
    if (fault.answer !== undefined) {
      outgoing.writeHead(fault.answer.status, {
        "content-type": "application/json",
        ...fault.answer.headers,
      });
      outgoing.end(fault.answer.body ?? "");
    } else if (fault.delay === undefined) forward(incoming, outgoing, fault);
    else setTimeout(() => forward(incoming, outgoing, fault), fault.delay);
  };

  const http =
    options.cert === undefined || options.key === undefined
      ? createPlain(handle)
      : createTls({ cert: pem(options.cert), key: pem(options.key) }, handle);
  const inner = await listen(http, 0);
  const relay = createRelay(inner);
  await relay.accept();

  const proxy: ApiProxy = {
    url: `${options.cert === undefined ? "http" : "https"}://127.0.0.1:${relay.port()}`,
    port: relay.port(),
    seen,
    fault: (next) => {
      decide = next;
    },
    cut: relay.cut,
    stall: relay.stall,
    unstall: relay.unstall,
    refuse: relay.refuse,
    accept: relay.accept,
    close: async () => {
      await relay.refuse();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
  cleanUpAfter(proxy.close);
  return proxy;
}

function withoutLength(headers: IncomingMessage["headers"], fault: Fault): IncomingMessage["headers"] {
  const kept = { ...headers };
  // An answer that is cut short and ends as if it were whole must not say how long it should have been.
  if (fault.endAfter !== undefined) delete kept["content-length"];
  delete kept["connection"];
  return kept;
}

function relayBody(answer: IncomingMessage, outgoing: ServerResponse, fault: Fault): void {
  const limit = fault.cutAfter ?? fault.endAfter ?? fault.stallAfter;
  let sent = 0;
  let over = false;
  const stop = () => {
    over = true;
    if (fault.cutAfter !== undefined) setImmediate(() => outgoing.socket?.destroy());
    if (fault.endAfter !== undefined) outgoing.end();
  };
  if (limit === 0) stop();
  answer.on("data", (chunk: Buffer) => {
    if (over) return;
    const piece = limit === undefined ? chunk : chunk.subarray(0, limit - sent);
    sent += piece.length;
    over = limit !== undefined && sent >= limit;
    outgoing.write(piece, over ? stop : undefined);
  });
  answer.on("end", () => {
    if (!over) outgoing.end();
  });
  answer.on("error", () => {
    if (!over) outgoing.destroy();
  });
}

/** A TCP relay in front of a port of this machine. */
function createRelay(target: number) {
  const pairs = new Set<{ client: Socket; upstream: Socket }>();
  let port = 0;
  let stalled = false;
  let server: Server | undefined;
  const begin = (client: Socket) => {
    const upstream = connect(target, "127.0.0.1");
    const pair = { client, upstream };
    pairs.add(pair);
    for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
    client.on("close", () => {
      pairs.delete(pair);
      upstream.destroy();
    });
    upstream.on("close", () => {
      if (!silent.has(client)) client.destroy();
    });
    if (stalled) return silence(pair);
    client.pipe(upstream);
    upstream.pipe(client);
  };
  const silent = new WeakSet<Socket>();
  const silence = ({ client, upstream }: { client: Socket; upstream: Socket }) => {
    silent.add(client);
    client.unpipe(upstream);
    upstream.unpipe(client);
    client.resume();
    upstream.resume();
  };
  return {
    port: () => port,
    cut: () => {
      for (const { client } of pairs) client.resetAndDestroy();
    },
    stall: () => {
      stalled = true;
      for (const pair of pairs) silence(pair);
    },
    unstall: () => {
      stalled = false;
    },
    refuse: async () => {
      const closing = server;
      server = undefined;
      for (const { client } of pairs) client.destroy();
      if (closing) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
    accept: async () => {
      server ??= createServer(begin);
      port = await listen(server, port);
    },
  };
}

function listen(
  server: { listen: Server["listen"]; address: Server["address"] },
  port: number,
): Promise<number> {
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
