import { setTimeout as sleep } from "node:timers/promises";
import { cleanUpAfter } from "../../support/cleanup.ts";
import type { Place } from "../real-fixture.ts";

export interface PodWatch {
  /** Ends the watch: the largest number of pods that were ready at once, and how often there was none after there had been one. */
  end(): Promise<{ most: number; gaps: number }>;
}

/** Looks all the time how many pods of a selector are ready. */
export async function watchPods(at: Place, selector: string): Promise<PodWatch> {
  const conditions = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}';
  const look = async () => {
    const all = await at.kubectl(`get pods --selector=${selector}`, `--output=${conditions}`);
    return all.split(" ").filter((one) => one === "True").length;
  };
  let last = await look();
  const seen = { most: last, gaps: 0 };
  let ended = false;
  const watch = (async () => {
    while (!ended) {
      const now = await look();
      if (now === 0 && last > 0) seen.gaps++;
      seen.most = Math.max(seen.most, now);
      last = now;
      await sleep(200);
    }
  })();
  const end = async () => {
    ended = true;
    await watch;
    return seen;
  };
  cleanUpAfter(async () => void (await end()));
  return { end };
}
