import { allReady, isReady, jobIs } from "../look.ts";
import { line, type Trap } from "../trap.ts";

export const failedJob: Trap = {
  title: "A failed Job is waited for, in silence, for ever",
  written: "The loop above. `.status.succeeded` of a Job that has failed stays empty.",
  seen: { values: {}, code: "SM019" },

  async byHand(start) {
    const script = `echo 'ERROR: relation "nowhere" does not exist'; exit 1`;
    const rel = await start({ job: { script } });
    await rel.upgrade();
    const gate = await rel.gate();
    await jobIs(rel, "Failed");
    const before = gate.output.length;
    const [said] = await gate.waitForOutput(
      new RegExp(`^.{${before}}(?:.*?waiting[^\\n]*\\n){4}`, "s"),
      60_000,
    );
    const after = said.slice(before);
    // Of the first one perhaps only the end came after it.
    const lines = [...new Set(after.trim().split("\n").slice(1))];
    return {
      happened: !/fail|error|nowhere/i.test(after) && !(await rel.pods()).some(isReady),
      evidence: `The Job is Failed, and the gate's log goes on: ${lines.map((one) => `\`${one}\``).join(", ")}. Nothing says that it failed, and the loop has no other way out.`,
    };
  },

  async withSluice(start) {
    const rel = await start();
    rel.migration("20260102000000_broken.sql", "ALTER TABLE nowhere ADD x int;\n");
    await rel.upgrade();
    const gate = await rel.gate();
    await jobIs(rel, "Failed");
    const [reason] = await gate.waitForOutput(/waiting for schema: .*failed.*\n/, 60_000);
    rel.migration("20260102000000_broken.sql", "ALTER TABLE orders ADD x int;\n");
    await rel.upgrade();
    await allReady(rel, 1);
    return {
      happened: !/nowhere/.test(reason),
      evidence: `The Job fails at the first try, and the gate says \`${line(reason, /failed/)}\`. The repaired file was migrated by the next \`helm upgrade\`, and the pod started.`,
    };
  },
};
