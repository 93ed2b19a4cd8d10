import { allReady, jobIs } from "../look.ts";
import { line, type Trap } from "../trap.ts";

export const rollback: Trap = {
  title: "`helm rollback` runs the old migrations against the newer schema",
  written:
    "`helm rollback shop 1`. Helm applies the stored manifests of revision 1, and in them is the Job of revision 1, with the old image.",

  async byHand(start) {
    const rel = await start();
    await rel.upgrade();
    await allReady(rel, 1);
    await rel.upgrade({ version: "v2" });
    await rel.noted("v2", "end");
    await rel.helm(["rollback", "rel", "1"]);
    await rel.noted("v1", "begin", 2);
    const order = rel.notes.filter(({ what }) => what === "begin").map(({ version }) => version);
    return {
      happened: order.join() === "v1,v2,v1",
      evidence: `The migrations began in this order: ${order.join(", ")}. What the third does depends on the tool: nothing, an error about a version that it has never heard of, or changes.`,
    };
  },

  async withSluice(start) {
    const rel = await start();
    await rel.upgrade();
    await allReady(rel, 1);
    rel.schema(2);
    await rel.upgrade();
    await rel.rolledOut();
    const history = () => rel.database.query("SELECT * FROM sluice_history ORDER BY id");
    const before = await history();
    await rel.helm(["rollback", "rel", "1"]);
    const { metadata } = await jobIs(rel, "Complete");
    const log = await rel.at.kubectl(`logs job/${metadata.name}`);
    await rel.rolledOut();
    const same = JSON.stringify(await history()) === JSON.stringify(before);
    return {
      happened: !same,
      evidence: `The Job ran too, and said \`${line(log, /ahead/)}\`. The history is the same before and after; the old version's pods started.`,
    };
  },
};
