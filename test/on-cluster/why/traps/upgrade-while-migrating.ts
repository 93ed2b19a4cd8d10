import { mostAtOnce } from "../recorder.ts";
import { seconds, type Trap } from "../trap.ts";

export const upgradeWhileMigrating: Trap = {
  title: "A second `helm upgrade` while the first one migrates: two at once",
  written:
    "`metadata.name: {{ .Release.Name }}-migrate-{{ .Release.Revision }}`, because a Job's template cannot be changed. The new revision has another Job, and Helm deletes the old one.",

  async byHand(start) {
    const rel = await start();
    await rel.upgrade();
    await rel.upgrade({ version: "v2", seconds: 25 });
    await rel.noted("v2", "begin");
    await rel.upgrade({ version: "v3", seconds: 1 });
    const [begin, end] = await Promise.all([rel.noted("v3", "begin"), rel.noted("v2", "end")]);
    return {
      happened: mostAtOnce(rel.notes) > 1,
      evidence: `v3 began while v2 still ran, and they worked side by side for ${seconds(begin.at, end.at)}: the deleted Job's pod is given 30 s to end, and a shell as process 1 does not hear SIGTERM. A migration that takes longer is killed then, wherever it is.`,
    };
  },

  async withSluice(start) {
    const rel = await start();
    await rel.upgrade();
    rel.schema(2, 15);
    await rel.upgrade();
    await rel.migrating();
    const most = await rel.countAtOnce();
    rel.schema(3, 1);
    await rel.upgrade();
    await rel.rolledOut();
    const versions = await rel.versions();
    const atOnce = await most();
    return {
      happened: atOnce !== 1 || versions.length !== 3,
      evidence: `Never more than ${atOnce} migration at a time, by \`pg_stat_activity\`; ${versions.length} of 3 versions applied, each once. The new runner waits for the lock, which the old one keeps until its statement is over.`,
    };
  },
};
