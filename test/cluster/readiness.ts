import { request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { type Daemon, logTail, pidOf } from "./processes.ts";

/** How the administrator reaches an API server. */
export interface Access {
  /** "https://127.0.0.1:6443". */
  server: string;
  /** PEM, all three. */
  ca: string;
  cert: string;
  key: string;
}

/**
 * Waits until something holds, looking every 50 ms. Throws, with the end of the daemon's log, when the daemon that it
 * depends on has ended or `timeoutMs` milliseconds have passed.
 * @param check its errors mean "not yet", and the last of them is told.
 */
export async function until<T>(
  what: string,
  check: () => Promise<T | false | undefined>,
  options: { daemon?: Daemon; timeoutMs?: number } = {},
): Promise<T> {
  const { daemon, timeoutMs = 60_000 } = options;
  const deadline = Date.now() + timeoutMs;
  let reason = "";
  for (;;) {
    try {
      const result = await check();
      if (result !== false && result !== undefined) return result;
    } catch (error) {
      reason = `: ${(error as Error).message}`;
    }
    const log = daemon === undefined ? "" : `\n${logTail(daemon)}`;
    if (daemon !== undefined && pidOf(daemon) === undefined) {
      throw new Error(`${what}: ${daemon.name} has ended${log}`);
    }
    if (Date.now() > deadline) throw new Error(`${what}: not after ${timeoutMs / 1000} s${reason}${log}`);
    await delay(50);
  }
}

/** One GET, 5 s at most. Resolves to status and body. */
export function get(access: Access, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { ca, cert, key } = access;
    const call = request(new URL(path, access.server), { ca, cert, key, agent: false, timeout: 5_000 });
    call.once("timeout", () => call.destroy(new Error("no answer within 5 s")));
    call.once("error", reject);
    call.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.once("error", reject);
    });
    call.end();
  });
}
