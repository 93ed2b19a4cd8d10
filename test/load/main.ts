import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { send } from "./request.ts";
import { openWindow } from "./window.ts";

/**
 * The load generator: calls the example application at a constant rate, whatever the answers take (an open loop), and keeps
 * count. Bounded in rate and time, and only towards the cluster it runs in.
 *
 *   GET  /         what happened since the last mark, as JSON
 *   POST /mark     the same, and begins anew
 */
const { values } = parseArgs({
  options: {
    url: { type: "string" },
    rate: { type: "string", default: "20" },
    seconds: { type: "string", default: "900" },
    port: { type: "string", default: "9090" },
  },
});
const base = new URL(values.url ?? "");
const rate = Number(values.rate);
const seconds = Number(values.seconds);
if (!(rate > 0 && rate <= 100)) throw new Error("--rate is at most 100 requests a second");
if (!(seconds > 0 && seconds <= 1800)) throw new Error("--seconds is at most 1800");
// A name of a Service without dots, or an address of this machine or of the test cluster (198.18.0.0/15).
if (!/^(localhost|127\.[\d.]+|198\.1[89]\.[\d.]+|[a-z0-9-]+)$/.test(base.hostname))
  throw new Error(`${base.hostname} is neither this machine nor a Service of this namespace`);

let window = openWindow();
const begun = performance.now();
const deadline = begun + seconds * 1000;
const intervalMs = 1000 / rate;
let count = 0;

/** Sends all that is due by now: a timer that comes late costs latency, which is counted from the time it was due. */
function sendDue(): void {
  const now = performance.now();
  if (now > deadline) return;
  for (; begun + count * intervalMs <= now; count++) {
    const due = begun + count * intervalMs;
    const sent = send(base, count).then((outcome) => ({ outcome, latencyMs: performance.now() - due }));
    window.add(sent, now - due);
  }
  setTimeout(sendDue, Math.max(1, begun + count * intervalMs - performance.now()));
}

const control = createServer((request, response) => {
  const ended = window;
  if (request.method === "POST" && request.url === "/mark") window = openWindow();
  // Requests in flight belong to the window in which they were sent.
  void ended.settled().then((summary) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(summary));
  });
});
control.listen(Number(values.port), () => {
  const { port } = control.address() as AddressInfo;
  console.log(`load: ${rate} requests a second to ${base.href}, figures on port ${port}`);
});
process.once("SIGTERM", () => process.exit(0));
sendDue();
