import { join } from "node:path";
import { addresses } from "../cluster/network.ts";
import { startProgram } from "../support/run.ts";

/**
 * The URL by which pods reach a server that listens on this machine's loopback: through a port on the address that the
 * cluster knows, which is closed with the test. A process of its own forwards: a test that is busy holds no reader up.
 */
export async function urlForPods(url: string): Promise<string> {
  const there = new URL(url);
  const program = join(import.meta.dirname, "forward-port.ts");
  const running = await startProgram(process.execPath, [program, addresses.host, there.port]);
  const [, port = ""] = await running.waitForOutput(/^port (\d+)$/m, 60_000);
  there.port = port;
  there.hostname = addresses.host;
  return there.href;
}
