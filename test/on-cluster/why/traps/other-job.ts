import { until } from "../../../cluster/readiness.ts";
import { job, shell } from "../../real-fixture.ts";
import { allReady, isReady, jobIs } from "../look.ts";
import { line, type Trap } from "../trap.ts";

const values = {
  gate: `until kubectl describe jobs rel-migrate-1 | grep "Pods Statuses" | grep " 0 Active"; do sleep 2; done`,
};
const pipeline = { strategy: "pipeline", gate: { enabled: true, target: "job" } };

export const otherJob: Trap = {
  title: "The gate takes another Job for its own, and a suspended one for a finished one",
  written: `A gate that reads what \`kubectl describe\` prints, in the manner of k8s-wait-for:

\`\`\`sh
until kubectl describe jobs shop-migrate-1 | grep "Pods Statuses" | grep " 0 Active"; do sleep 2; done
\`\`\`

\`kubectl describe\` takes the beginning of a name where the name itself is not there, and a Job that has not begun has no active pod.`,
  seen: { values, code: "SM019" },

  async byHand(start) {
    const [prefix, suspended] = await Promise.all([start(values), start(values)]);
    await prefix.at.apply(job("rel-migrate-10", shell(prefix.at.it, "true")));
    await jobIs(prefix, "Complete");
    await prefix.upgrade({ job: { enabled: false } });
    await suspended.upgrade({ job: { spec: { suspend: true } } });
    const [[pod]] = await Promise.all([allReady(prefix, 1), allReady(suspended, 1)]);
    const log = await prefix.at.kubectl(`logs ${pod?.metadata.name} --container=wait-for-migration`);
    return {
      happened: prefix.notes.length + suspended.notes.length === 0,
      evidence: `With \`rel-migrate-10\` Complete and no \`rel-migrate-1\` the gate printed \`${line(log, /Pods Statuses/).replace(/\s+/g, " ")}\` and opened. It opened for a suspended Job, too. Both pods became ready; no migration had run.`,
    };
  },

  async withSluice(start) {
    const rel = await start(pipeline);
    const objects = await rel.job();
    const own = objects.find(({ kind }) => kind === "Job");
    const name: string = own?.["metadata"].name;
    await rel.at.apply(job(`${name}0`, shell(rel.at.it, "true")));
    await jobIs(rel, "Complete");
    await rel.upgrade();
    const gate = await rel.gate();
    const [absent] = await gate.waitForOutput(/waiting for job.*\n/, 60_000);
    await rel.at.apply(...objects.filter((one) => one !== own), {
      ...own,
      spec: { ...own?.["spec"], suspend: true },
    });
    const [suspended] = await gate.waitForOutput(/.*suspended.*\n/, 60_000);
    const early = (await rel.pods()).some(isReady);
    await rel.at.kubectl(`patch job ${name} --type=merge --patch`, '{"spec":{"suspend":false}}');
    await allReady(rel, 1);
    await until("migrated", async () => (await rel.versions()).length === 1);
    const said = (text: string) =>
      `\`${text.trim().replaceAll(name, "rel-migrate-HASH").replace(rel.at.namespace, "shop")}\``;
    return {
      happened: early,
      evidence: `With a Complete Job whose name goes on with a 0: ${said(absent)}; then ${said(suspended)}. Let go, the Job ran and the gate opened. (This is \`gate.target: job\`; by default a gate asks the database and no Job.)`,
    };
  },
};
