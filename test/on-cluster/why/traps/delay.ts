import { allReady, type Look } from "../look.ts";
import type { Trap } from "../trap.ts";

const replicas = 3;
/** By hand it is more at the least; with Sluice it is less, also where the machine has much to do. Seconds. */
const NOTICED = 1.5;

/** Seconds from the last line of the Job's log to that of the slowest gate's. */
async function slowest(rel: Look, pod: string, container: string, gate: string): Promise<number> {
  const pods = await allReady(rel, replicas);
  const migrated = await rel.lastLine(pod, container);
  const opened = await Promise.all(pods.map(({ metadata }) => rel.lastLine(metadata.name, gate)));
  return Math.max(0, Math.max(...opened) - migrated) / 1000;
}

export const delay: Trap = {
  title: "Seconds between the end of the migration and the start of the pods",
  written:
    "The loop above. The Job is Complete only when its pod has ended and two controllers have seen it; then the gate sleeps to the end of its 2 s.",

  async byHand(start) {
    const rel = await start({ replicas, seconds: 5 });
    await rel.upgrade();
    const lost = await slowest(rel, "job/rel-migrate-1", "migrate", "wait-for-migration");
    return {
      happened: lost > NOTICED,
      evidence: `The slowest of ${replicas} gates opened ${lost.toFixed(1)} s after the migration's last line.`,
    };
  },

  async withSluice(start) {
    const rel = await start({}, replicas);
    rel.schema(2, 20); // all gates listen by its end
    await rel.upgrade();
    await allReady(rel, replicas);
    const name = (await rel.jobs())[0]?.metadata.name;
    const lost = await slowest(rel, `job/${name}`, "sluice-migrate", "sluice-gate");
    return {
      happened: lost > NOTICED,
      evidence: `The slowest of ${replicas} opened ${lost.toFixed(1)} s after it: the commit wakes them.`,
    };
  },
};
