import { call } from "./http.ts";
import type { Service } from "./service.ts";

/** Requests a second. */
export const RATE = 40;
/** More at once than come in during the lock timeout of a migration (2 s): whoever is kept out then has failed. */
const AT_ONCE = 3 * RATE;
/** Milliseconds for one answer. */
const PATIENCE = 5_000;

/** What the readers saw during a time. */
export interface Traffic {
  served: number;
  failed: number;
  /** Of the good answers, milliseconds. */
  highestLatencyMs: number;
  /** Good answers by the version that gave them. */
  servedBy: Record<string, number>;
  /** The first few reasons of failures. */
  failures: string[];
}

export interface Load {
  /** Everything since the start. */
  total: Traffic;
  /** Begins to count for a new time, and ends the one before. */
  next(): Traffic;
  /** Sends no more, and waits for the answers that are due. */
  stop(): Promise<void>;
}

/** Sends requests at a constant rate, whether or not the earlier ones are answered; every fourth one writes. */
export function startLoad(service: Service): Load {
  const total = newTraffic();
  let current = newTraffic();
  const going = new Set<Promise<void>>();
  let count = 0;
  let last = performance.now();
  // Timers come late; what is due by the clock is sent nevertheless, but not the requests of a laptop that slept.
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - last) / 1000) * RATE);
    last += (due / RATE) * 1000;
    for (let left = Math.min(due, RATE); left > 0; left--) {
      const method = ++count % 4 === 0 ? "POST" : "GET";
      const one = send(service, method, going.size, [total, current]).finally(() => going.delete(one));
      going.add(one);
    }
  }, 1000 / RATE);
  return {
    total,
    next() {
      current = newTraffic();
      return current;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(going);
    },
  };
}

/** Never rejects. */
async function send(
  service: Service,
  method: "GET" | "POST",
  waiting: number,
  counts: readonly Traffic[],
): Promise<void> {
  const fail = (reason: string) => {
    for (const count of counts) {
      count.failed++;
      if (count.failures.length < 3) count.failures.push(reason);
    }
  };
  if (waiting >= AT_ONCE) return fail(`${waiting} requests are waiting for an answer`);
  const lease = service.lease();
  if (lease === undefined) return fail("no replica is ready");
  const began = performance.now();
  try {
    const { status, version } = await call(lease.port, method, "/posts", PATIENCE);
    if (status !== 200) return fail(`${version} answered ${status}`);
    const latency = Math.ceil(performance.now() - began);
    for (const count of counts) {
      count.served++;
      count.highestLatencyMs = Math.max(count.highestLatencyMs, latency);
      count.servedBy[version] = (count.servedBy[version] ?? 0) + 1;
    }
  } catch (error) {
    fail((error as Error).message);
  } finally {
    lease.release();
  }
}

function newTraffic(): Traffic {
  return { served: 0, failed: 0, highestLatencyMs: 0, servedBy: {}, failures: [] };
}
