import { setTimeout as sleep } from "node:timers/promises";
import { cleanUpAfter } from "./cleanup.ts";

/**
 * Does something again and again, with pauses in between, until the end of the test at the latest.
 * @param pauseMs milliseconds. @returns what ends it sooner, and waits for the last time.
 */
export function repeat(pauseMs: number, look: () => Promise<void>): () => Promise<void> {
  let ended = false;
  const looking = (async () => {
    for (; !ended; await sleep(pauseMs)) await look();
  })();
  const end = async () => {
    ended = true;
    await looking;
  };
  cleanUpAfter(end);
  return end;
}
