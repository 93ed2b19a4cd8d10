import type { Socket } from "node:net";
import type { KubernetesClient } from "../../src/kubernetes/client.ts";
import { createEndpoint } from "../../src/kubernetes/create-endpoint.ts";
import { staticCredentials } from "../../src/kubernetes/credentials/static.ts";
import type { Limits } from "../../src/kubernetes/http/transport.ts";
import { createRestClient } from "../../src/kubernetes/rest-client.ts";
import { cleanUpAfter } from "./cleanup.ts";
import { answer, serveRaw } from "./raw-http.ts";

/** Answers one request. */
export type Step = (socket: Socket) => void;

export interface ScriptedApi {
  client: KubernetesClient;
  /** "GET /path?query" of each request. */
  seen: string[];
}

/** A client of a server that answers the first request with the first step, and those after the last with the last. */
export async function scriptedApi(
  steps: readonly Step[],
  limits: Partial<Limits> = {},
  page = 500,
): Promise<ScriptedApi> {
  const seen: string[] = [];
  const port = await serveRaw((request, socket) => {
    const step = steps[Math.min(seen.length, steps.length - 1)];
    seen.push(`${request.method} ${request.url}`);
    step?.(socket);
  });
  const credentials = staticCredentials({ token: { text: "secret-token" } });
  const base = `http://127.0.0.1:${port}`;
  const endpoint = createEndpoint({ base, proxy: undefined, credentials, tls: () => ({}) });
  const client = createRestClient(endpoint, { namespace: "shop", agent: "sluice/test", limits, page });
  cleanUpAfter(() => client.close());
  return { client, seen };
}

export const json =
  (value: object, status = 200, headers: Record<string, string> = {}): Step =>
  (socket) =>
    answer(socket, status, { "content-type": "application/json", ...headers }, JSON.stringify(value));

export const html =
  (status: number): Step =>
  (socket) =>
    answer(socket, status, { "content-type": "text/html" }, "<html>");

export const statusAnswer = (code: number, reason: string, message: string, headers = {}): Step =>
  json({ kind: "Status", code, reason, message }, code, headers);

export const list = (version: string, ...names: string[]): Step =>
  json({ metadata: { resourceVersion: version }, items: names.map((name) => object(name, version)) });

export const object = (name: string, resourceVersion: string, uid = `uid-${name}`) => ({
  metadata: { name, uid, resourceVersion },
});

export const line = (type: string, value: object): string => `${JSON.stringify({ type, object: value })}\n`;

/**
 * A watch that sends this and then ends: cleanly, by the end of the connection (what was sent arrives), by a reset
 * (what was sent may be lost with it), or never.
 */
export const stream =
  (text: string | Uint8Array, end: "clean" | "cut" | "reset" | "never"): Step =>
  (socket) => {
    const body = Buffer.from(text);
    const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);
    const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    const last = Buffer.from(end === "clean" ? "0\r\n\r\n" : "");
    socket.write(
      Buffer.concat([Buffer.from(head), body.length > 0 ? chunk : last.subarray(0, 0), last]),
      () => {
        if (end === "cut") socket.end();
        if (end === "reset") socket.resetAndDestroy();
      },
    );
  };
