import { describe, expect, test } from "bun:test";
import { startGate, throughProxy } from "./gate-fixture.ts";
import { job, place, shell } from "./real-fixture.ts";
import { isOurs } from "./support.ts";

/** `--logs`: what a CI step shows of a Job that it may not look into otherwise. */
const here = await place();

const counting = (to: number, then = "") => `for n in $(seq ${to}); do echo line $n; done; ${then}`;

describe.concurrent("--logs prints what the Job prints", () => {
  test("each line once and in order, to the last, and then the result", async () => {
    await here.apply(job("logs-good", shell(here.it, counting(2000, "sleep 2; echo the end"))));
    const { code, stdout } = await (await here.gate("job/logs-good", "--logs")).done;
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines.at(-1)).toMatch(/^job\/logs-good: open after/);
    const expected = Array.from({ length: 2000 }, (_, index) => `line ${index + 1}`);
    expect(lines.slice(0, -1)).toEqual([...expected, "the end"]);
  });

  test("of each try of a Job that fails, whose error ends the step", async () => {
    const script = "echo trying; echo no such table >&2; exit 3";
    await here.apply(job("logs-bad", shell(here.it, script), { spec: { backoffLimit: 1 } }));
    const { code, stdout, stderr } = await (await here.gate("job/logs-bad", "--logs", "--fail-fast")).done;
    expect([code, stderr]).toEqual([3, expect.stringContaining("SL5003")]);
    // Two pods: the lines of the second say which it is.
    expect(stdout.match(/trying$/gm)).toHaveLength(2);
    expect(stdout.match(/no such table$/gm)).toHaveLength(2);
  });

  test.skipIf(!isOurs)("of a pod that nobody had told of when the Job ended", async () => {
    await here.apply(job("logs-old", shell(here.it, "echo hello")));
    await here.kubectl("wait job/logs-old --for=condition=Complete --timeout=55s");
    const { proxy, kubeconfig } = await throughProxy(here.it);
    let first = true;
    proxy.fault(({ path }) => {
      if (!first || !path.includes("/pods?")) return undefined;
      first = false;
      return { stallAfter: 0 };
    });
    const gate = await startGate(kubeconfig, ["job/logs-old", "--logs", `--namespace=${here.namespace}`]);
    const { code, stdout } = await gate.done;
    expect([code, first, stdout]).toEqual([0, false, expect.stringMatching(/^hello\njob\/logs-old: open/)]);
  });

  test("as JSON the result alone is on standard output", async () => {
    await here.apply(job("logs-json", shell(here.it, "echo hello")));
    const { code, stdout, stderr } = await (await here.gate("job/logs-json", "--logs", "-o", "json")).done;
    expect([code, JSON.parse(stdout).kind, stderr]).toEqual([
      0,
      "WaitResult",
      expect.stringContaining("hello\n"),
    ]);
  });
});
