import { handChart } from "../hand.ts";
import type { Trap } from "../trap.ts";

const values = { job: { annotations: { "helm.sh/hook": "post-install,post-upgrade" } } };

export const deadlock: Trap = {
  title: "A `post-install` hook, a gate and `--wait`: nobody moves",
  written: `The Job after everything else, because the database is in the same chart:

\`\`\`yaml
annotations:
  helm.sh/hook: post-install,post-upgrade
\`\`\`
\`\`\`sh
helm upgrade --install shop ./shop --wait
\`\`\``,
  seen: { values, code: "SM007" },

  async byHand(start) {
    const rel = await start(values);
    const args = ["upgrade", "--install", "rel", handChart, "--wait", "--timeout", "15s"];
    const { status } = await rel.tryHelm(args, {});
    const made = (await rel.jobs()).length;
    return {
      happened: status !== 0 && made === 0,
      evidence: `Helm waits for the pods, the pods wait for the Job, and Helm makes the Job when the pods are ready. When the time-out had passed, Helm failed; ${made} Jobs had been made.`,
    };
  },

  async withSluice(start) {
    const rel = await start();
    const args = ["upgrade", "--install", "rel", rel.chart, "--wait", "--timeout", "170s"];
    const { status } = await rel.tryHelm(args, {});
    const versions = await rel.versions();
    return {
      happened: status !== 0 || versions.length !== 1,
      evidence:
        "`helm upgrade --install --wait` ended with 0: the Job is a plain object of the release, made at once, and a database of the same chart is waited for.",
    };
  },
};
