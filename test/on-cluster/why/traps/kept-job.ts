import { until } from "../../../cluster/readiness.ts";
import { allReady, isReady, jobIs, type Look } from "../look.ts";
import type { Trap } from "../trap.ts";

const keep = { "helm.sh/resource-policy": "keep" };
const values = { job: { annotations: keep } };
/** Helm does not wait for the pods of what it has removed. */
const noPodIsLeft = (rel: Look) => until("no pod is left", async () => (await rel.pods()).length === 0);

export const keptJob: Trap = {
  title: "Uninstall and install: the revision is 1 again, and an old Job opens the gate",
  written: `A Job that is kept for its log:

\`\`\`yaml
annotations:
  helm.sh/resource-policy: keep
\`\`\`

Then \`helm uninstall\`, a fresh or restored database, \`helm install\`.`,
  seen: { values, code: "SM020" },

  async byHand(start) {
    const rel = await start(values);
    await rel.upgrade();
    await allReady(rel, 1);
    await rel.helm(["uninstall", "rel", "--wait"]);
    await noPodIsLeft(rel);
    await rel.upgrade();
    await allReady(rel, 1);
    const runs = rel.notes.filter(({ what }) => what === "begin").length;
    return {
      happened: runs === 1,
      evidence: `Two installations, ${runs} migration. The second found \`rel-migrate-1\` Complete, ran nothing, and its pod became ready.`,
    };
  },

  async withSluice(start) {
    const rel = await start({ jobAnnotations: keep });
    await rel.upgrade();
    await allReady(rel, 1);
    await rel.helm(["uninstall", "rel", "--wait"]);
    await noPodIsLeft(rel);
    await rel.database.query("DROP TABLE sluice_history, orders");
    await rel.upgrade();
    await jobIs(rel, "Complete");
    const [reason] = await (await rel.gate()).waitForOutput(/waiting for schema.*\n/, 60_000);
    const early = (await rel.pods()).some(isReady);
    await rel.upgrade({ rerun: "2" });
    await rel.rolledOut();
    return {
      happened: early,
      evidence: `The kept Job is found Complete as well, but the gate asks the database: \`${reason.trim()}\`. With \`rerun\` the release migrates once more, and the pod starts. (Without that annotation, which the chart does not set, the Job goes with the release.)`,
    };
  },
};
