import { connect as connectSocket, createServer, type Socket } from "node:net";

/** A way to the server that can be cut. */
export interface CutProxy {
  port: number;
  /** Resets every connection that goes through it now. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a proxy on 127.0.0.1 to a port there. */
export async function startProxy(target: number): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((client) => {
    const upstream = connectSocket(target, "127.0.0.1");
    keep(client);
    keep(upstream);
    client.pipe(upstream);
    upstream.pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
