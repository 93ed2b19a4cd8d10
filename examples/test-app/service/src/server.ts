import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Reply {
  status: number;
  /** An object is sent as JSON, a text as HTML. */
  body: object | string;
}

/** Answers one request: its method, its path, and its body as text. */
export type Handler = (method: string, path: string, body: string) => Promise<Reply>;

/**
 * Serves until SIGTERM, with the probes of Kubernetes: /livez is the process, /readyz whether it can do its work.
 * Kubernetes takes the pod out of the Service while preStop sleeps; then no new requests come, those in flight are
 * finished here, and `ended` settles.
 */
export function serve(
  port: number,
  handler: Handler,
  isReady: () => Promise<boolean>,
): { port: Promise<number>; ended: Promise<void> } {
  let ending = false;
  const server = createServer((request, response) => {
    void answer(request)
      .catch((error: Error) => {
        console.error(`${request.method} ${request.url}: ${error.message}`);
        return { status: 500, body: { error: error.message } };
      })
      .then(({ status, body }) => {
        const html = typeof body === "string";
        response.writeHead(status, {
          "content-type": html ? "text/html; charset=utf-8" : "application/json",
          ...(ending && { connection: "close" }),
        });
        response.end(html ? body : JSON.stringify(body));
      });
  });

  async function answer(request: IncomingMessage): Promise<Reply> {
    const path = new URL(request.url ?? "/", "http://test-app").pathname;
    if (path === "/livez") return { status: 200, body: { live: true } };
    if (path === "/readyz") {
      const ready = !ending && (await isReady());
      return { status: ready ? 200 : 503, body: { ready } };
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return handler(request.method ?? "GET", path, Buffer.concat(chunks).toString("utf8"));
  }

  const ended = new Promise<void>((resolve) => {
    process.once("SIGTERM", () => {
      ending = true;
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  });
  const listening = new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => resolve((server.address() as AddressInfo).port));
  });
  return { port: listening, ended };
}
