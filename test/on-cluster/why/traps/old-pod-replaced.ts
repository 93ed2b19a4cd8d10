import { until } from "../../../cluster/readiness.ts";
import type { Place } from "../../real-fixture.ts";
import { allReady, isReady, type Look } from "../look.ts";
import { line, seconds, type Trap } from "../trap.ts";

const replicas = 3;

/** Deletes one of the pods, and resolves to the name of the one that takes its place. */
async function replaceOne(rel: Look & { at: Place }, old: readonly string[]): Promise<string> {
  const [victim] = old;
  const hash = (name: string) => name.split("-").at(-2);
  await rel.at.kubectl(`delete pod ${victim} --grace-period=1 --wait=false`);
  return until("another pod of the old version", async () =>
    (await rel.pods())
      .map(({ metadata }) => metadata.name)
      .find((name) => !old.includes(name) && hash(name) === hash(victim ?? "")),
  );
}

const namesOf = async (rel: Look) => (await allReady(rel, replicas)).map(({ metadata }) => metadata.name);
const readyOf = async (rel: Look) => (await rel.pods()).filter(isReady).length;

export const oldPodReplaced: Trap = {
  title: "An old pod that is replaced during the upgrade does not come back",
  written:
    "The loop above. A node is drained, a pod is evicted or its node lost, while the new version migrates. The old version's gate asks for the old revision's Job, which Helm has removed.",

  async byHand(start) {
    const rel = await start({ replicas });
    await rel.upgrade();
    const old = await namesOf(rel);
    await rel.upgrade({ version: "v2", seconds: 45 });
    await rel.noted("v2", "begin");
    const gate = await rel.gate(await replaceOne(rel, old));
    const [said] = await gate.waitForOutput(/.*NotFound.*\n/, 60_000);
    const isOver = () => rel.notes.some(({ version, what }) => version === "v2" && what === "end");
    let ready = replicas;
    // The last look before its end counts: behind it come pods of v2.
    await until("the migration is over", async () => {
      const now = await readyOf(rel);
      if (isOver()) return true;
      ready = now;
      return false;
    });
    return {
      happened: ready < replicas,
      evidence: `The replacement says \`${line(said, /NotFound/)}\`. ${ready} of ${replicas} pods served until the migration was over.`,
    };
  },

  async withSluice(start) {
    const rel = await start({}, replicas);
    await rel.upgrade();
    const old = await namesOf(rel);
    rel.schema(2, 45);
    await rel.upgrade();
    await rel.migrating();
    const begun = performance.now();
    const name = await replaceOne(rel, old);
    await until("the replacement is ready", async () =>
      (await rel.pods()).some((pod) => pod.metadata.name === name && isReady(pod)),
    );
    const ended = performance.now();
    const versions = await rel.versions();
    const ready = await readyOf(rel);
    return {
      happened: ready < replicas || versions.length > 1,
      evidence: `The replacement was ready after ${seconds(begun, ended)}, while the migration still ran: what the old version needs is in the database, and its gate asks for no more. ${ready} of ${replicas} served.`,
    };
  },
};
