import type { Finished } from "../../../charts/helm.ts";
import { handChart } from "../hand.ts";
import { mostAtOnce } from "../recorder.ts";
import { line, seconds, type Trap } from "../trap.ts";

const hook = {
  gate: "",
  job: { name: "{{ .Release.Name }}-migrate", annotations: { "helm.sh/hook": "pre-install,pre-upgrade" } },
};
const reason = /deadline exceeded|timed out/;

/** Helm's last words, which are the same wherever it runs. */
const failureOf = ({ stderr }: Finished) => reason.exec(line(stderr, reason))?.[0];

export const hookTimeout: Trap = {
  title: "A hook that outlives `--timeout` goes on, and the next upgrade starts beside it",
  written: `No gate; the Job is a hook, and Helm waits for it, for five minutes unless told otherwise:

\`\`\`yaml
annotations:
  helm.sh/hook: pre-install,pre-upgrade
\`\`\``,
  seen: {
    values: hook,
    code: "SM005",
    helmTimeout: "5m",
    where: "with `--helm-timeout`, and a note without it",
  },

  async byHand(start) {
    const rel = await start(hook);
    await rel.upgrade();
    const late = { version: "v2", seconds: 25 };
    const failed = await rel.tryHelm(["upgrade", "rel", handChart, "--timeout", "6s"], late);
    await rel.noted("v2", "begin");
    await rel.upgrade({ version: "v3", seconds: 1 });
    const [begin, end] = await Promise.all([rel.noted("v3", "begin"), rel.noted("v2", "end")]);
    await rel.helm(["uninstall", "rel"]);
    const left = (await rel.jobs()).length;
    return {
      happened: failed.status !== 0 && mostAtOnce(rel.notes) > 1,
      evidence: `Helm failed with \`${failureOf(failed)}\`, and the Job ran on. The next \`helm upgrade\` deleted it in mid-run and started its own: two at once for ${seconds(begin.at, end.at)}. After \`helm uninstall\` ${left} Job was left: Helm does not count hooks as its own.`,
    };
  },

  async withSluice(start) {
    // Longer than the rest of the statement, whenever the runner is asked to end.
    const rel = await start({ strategy: "hook", graceSeconds: 40 });
    await rel.upgrade();
    rel.schema(2, 30);
    // For each hook, and there are two before the Job.
    const failed = await rel.tryHelm(["upgrade", "rel", rel.chart, "--timeout", "10s"], {});
    const most = await rel.countAtOnce();
    await rel.migrating();
    rel.schema(3, 1);
    await rel.upgrade();
    const atOnce = await most();
    const versions = await rel.versions();
    await rel.helm(["uninstall", "rel"]);
    const left = (await rel.jobs()).length;
    return {
      happened: failed.status === 0 || atOnce !== 1 || versions.length !== 3,
      evidence: `With \`strategy: hook\` Helm gives up as well (\`${failureOf(failed)}\`), and the next upgrade deletes the Job. But its runner keeps the lock until it is done with its statement, and the new one waits for it: never more than ${atOnce} at a time, ${versions.length} of 3 versions applied. ${left} Job is left after \`helm uninstall\`, as by hand; \`strategy: job\` leaves none and has no such time-out.`,
    };
  },
};
