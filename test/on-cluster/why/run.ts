import type { Place } from "../real-fixture.ts";
import { hand } from "./hand.ts";
import { withSluice } from "./sluice.ts";
import type { Outcome, Trap } from "./trap.ts";

/** Both runs of a trap. */
export interface Row {
  trap: Trap;
  byHand: Outcome;
  withSluice: Outcome;
}

/** One of the two runs of a trap. */
export type Run = () => Promise<Outcome>;

export const byHandOf = (trap: Trap): Run =>
  runOf((keep) => trap.byHand(async (...args) => keep(await hand(...args))));
export const withSluiceOf = (trap: Trap): Run =>
  runOf((keep) => trap.withSluice(async (...args) => keep(await withSluice(...args))));

/** What it began is removed when it is over, not with the test: the machine is needed for the next one. */
function runOf(body: (keep: <T extends { at: Place }>(release: T) => T) => Promise<Outcome>): Run {
  return async () => {
    const places: Place[] = [];
    try {
      return await body((release) => {
        places.push(release.at);
        return release;
      });
    } finally {
      for (const { it, namespace } of places)
        await it.kubectl(["delete", "namespace", namespace, "--wait=false", "--ignore-not-found"]);
    }
  };
}
