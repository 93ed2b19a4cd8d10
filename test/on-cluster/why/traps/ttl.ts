import { until } from "../../../cluster/readiness.ts";
import { allReady, isReady, type Look } from "../look.ts";
import { line, type Trap } from "../trap.ts";

/** Long enough for a gate to see the Job before it is removed. */
const ttl = 25;
const values = { job: { spec: { ttlSecondsAfterFinished: ttl } } };
const removed = (rel: Look) => until("the Job is removed", async () => (await rel.jobs()).length === 0);
const scale = "scale deployment/rel-web --replicas=2";

export const timeToLive: Trap = {
  title: "The Job is cleaned up, and pods that start later never start",
  written:
    "`ttlSecondsAfterFinished: 300`, so that finished Jobs do not pile up. Next week the autoscaler adds a pod.",
  seen: { values, code: "SM006" },

  async byHand(start) {
    const rel = await start(values);
    await rel.upgrade();
    const [first] = await allReady(rel, 1);
    await removed(rel);
    await rel.at.kubectl(scale);
    const name = await until("the second pod", async () =>
      (await rel.pods()).map(({ metadata }) => metadata.name).find((one) => one !== first?.metadata.name),
    );
    const gate = await rel.gate(name);
    await gate.waitForOutput(/(NotFound.*){2}/s, 60_000);
    return {
      happened: (await rel.pods()).filter(isReady).length === 1,
      evidence: `\`${line(gate.output, /NotFound/)}\`, again and again. So ends every pod that is scaled out, evicted or moved from here on.`,
    };
  },

  async withSluice(start) {
    const rel = await start({ ttlSecondsAfterFinished: ttl });
    await rel.upgrade();
    await allReady(rel, 1);
    await removed(rel);
    await rel.at.kubectl(scale);
    const pods = await allReady(rel, 2);
    return {
      happened: pods.length !== 2,
      evidence: "The second pod started. The gate needs the schema, not the Job.",
    };
  },
};
