import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { cleanUpAfter } from "./cleanup.ts";

export interface RawRequest {
  method: string;
  /** With its query. */
  url: string;
  /** Lower-case names. */
  headers: Record<string, string>;
}

/**
 * An HTTP server that writes answers byte by byte onto the socket, so that a test says exactly what comes, and how it
 * ends. Understands requests without a body. Ends with the running test; returns its port.
 */
export async function serveRaw(
  handle: (request: RawRequest, socket: Socket) => void,
  options: { tls?: TlsOptions; host?: string } = {},
): Promise<number> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    sockets.add(socket);
    let head = "";
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      head += chunk.toString("latin1");
      for (let end = head.indexOf("\r\n\r\n"); end !== -1; end = head.indexOf("\r\n\r\n")) {
        const [first = "", ...lines] = head.slice(0, end).split("\r\n");
        head = head.slice(end + 4);
        const [method = "", url = ""] = first.split(" ");
        const headers = lines
          .map((line) => line.split(/:\s*(.*)/s))
          .map(([name = "", value = ""]) => [name.toLowerCase(), value]);
        handle({ method, url, headers: Object.fromEntries(headers) }, socket);
      }
    });
  };
  const server = options.tls ? createTlsServer(options.tls, accept) : createServer(accept);
  await new Promise<void>((resolve) => server.listen(0, options.host ?? "127.0.0.1", resolve));
  cleanUpAfter(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}

/** A whole answer. */
export function answer(socket: Socket, status: number, headers: Record<string, string>, body = ""): void {
  const reason = { 200: "OK", 302: "Found", 502: "Bad Gateway" }[status] ?? "Because";
  const bytes = Buffer.from(body);
  const all = { ...headers, "content-length": String(bytes.length) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n`), bytes]));
}
