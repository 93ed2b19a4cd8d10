import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until there is an answer. Rejects after `timeout` ms (30 s). */
export async function eventually<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  what: string,
  timeout = 30_000,
): Promise<T> {
  for (const deadline = performance.now() + timeout; ; await sleep(20)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${timeout} ms: ${what}`);
  }
}
