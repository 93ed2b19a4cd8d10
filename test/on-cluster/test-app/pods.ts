import { repeat } from "../../support/repeat.ts";
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
  const end = repeat(200, async () => {
    const now = await look();
    if (now === 0 && last > 0) seen.gaps++;
    seen.most = Math.max(seen.most, now);
    last = now;
  });
  return { end: () => end().then(() => seen) };
}
