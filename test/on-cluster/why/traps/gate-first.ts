import { allReady, gateOf } from "../look.ts";
import { line, type Trap } from "../trap.ts";

const values = { gate: "kubectl wait --for=condition=complete --timeout=10m job/rel-migrate-1" };
const pipeline = { strategy: "pipeline", gate: { enabled: true, database: { secret: "shop-app" } } };

export const gateFirst: Trap = {
  title: "The gate starts before its Job",
  written: `A gate of one command, which waits by itself:

\`\`\`sh
kubectl wait --for=condition=complete --timeout=10m job/shop-migrate-42
\`\`\`

Helm and Argo CD apply Deployments before Jobs. In a small release the Job is there before the pod has started; where it comes
with another release or a later step of CI, as here, it is not.`,
  seen: { values, code: "SM019" },

  async byHand(start) {
    const rel = await start(values);
    await rel.upgrade({ job: { enabled: false } });
    const { stdout } = await (await rel.gate()).done;
    await rel.upgrade({ job: { name: "rel-migrate-1" } });
    const [pod] = await allReady(rel, 1);
    const restarts = pod === undefined ? 0 : (gateOf(pod)?.restartCount ?? 0);
    return {
      happened: restarts > 0,
      evidence: `\`${line(stdout, /NotFound/)}\`, \`Init:Error\`. From there on it depends on the kubelet's pauses between two starts, 10 s to 5 minutes, when the pod looks again.`,
    };
  },

  async withSluice(start) {
    const rel = await start({ ...pipeline, require: ["20260101000000"] });
    await rel.upgrade();
    const gate = await rel.gate();
    const [reason] = await gate.waitForOutput(/waiting for .*\n/, 60_000);
    await rel.at.apply(...(await rel.job()));
    const [pod] = await allReady(rel, 1);
    const restarts = pod === undefined ? 1 : (gateOf(pod)?.restartCount ?? 1);
    return {
      happened: restarts > 0,
      evidence: `\`${reason.trim()}\`. The same process waits until the schema is there, and the pod starts then, without a restart.`,
    };
  },
};
