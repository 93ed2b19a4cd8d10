import { connect, createServer } from "node:net";
import { addresses } from "../cluster/network.ts";
import { cleanUpAfter } from "../support/cleanup.ts";

/**
 * The URL by which pods reach a server that listens on this machine's loopback: through a port on the address that the
 * cluster knows, which is closed with the test.
 */
export async function urlForPods(url: string): Promise<string> {
  const there = new URL(url);
  const target = Number(there.port);
  const server = createServer((inner) => {
    const outer = connect(target, "127.0.0.1");
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, addresses.host, resolve));
  cleanUpAfter(() => void server.close());
  there.port = String((server.address() as { port: number }).port);
  there.hostname = addresses.host;
  return there.href;
}
