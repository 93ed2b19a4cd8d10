import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A free port on an address. Taken below the range that Linux gives to outgoing connections (32768 and up), so that
 * none of those takes it while its server is down for a moment.
 */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(16_000, 32_000);
    const server = createServer().listen({ port, host: address, exclusive: true });
    try {
      await once(server, "listening");
      server.close();
      await once(server, "close");
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
  throw new Error(`no free port found on ${address}`);
}
