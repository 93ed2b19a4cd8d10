import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A TCP port that is free on 127.0.0.1. Not the kernel's choice (port 0): those are also given to outgoing
 * connections, one of which could take the port while a server restarts. Also below Kubernetes' node ports (30000).
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) return port;
  }
}

/** Whether a TCP port can be bound on 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
