import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { repository } from "../../support/executable.ts";
import { startProgram } from "../../support/run.ts";
import { cluster, isOurs } from "../support.ts";

/** `npm run demo:cluster` on the cluster that runs. */
setDefaultTimeout(420_000);

function startDemo() {
  const chosen = Object.entries(process.env).flatMap(([name, value = ""]) =>
    ["SLUICE_CLUSTER_DIR", "SLUICE_TEST_RUN", "XDG_CACHE_HOME"].includes(name)
      ? [[name, value] as const]
      : [],
  );
  return startProgram(process.execPath, [join(repository, "test/on-cluster/test-app/demo.ts")], {
    env: Object.fromEntries(chosen),
  });
}

/** Whether the namespace that a demo has named is there, and not on its way out. */
async function isThere(output: string): Promise<boolean> {
  const name = /-n (sluice-test-[0-9a-f]+) /.exec(output)?.[1] ?? "";
  expect(name).not.toBe("");
  const phase = ["get", "namespace", name, "--ignore-not-found", "--output=jsonpath={.status.phase}"];
  return (await (await cluster()).kubectl(phase)) === "Active";
}

describe.skipIf(!isOurs)("the demo on a cluster", () => {
  test("shows four releases under load, the reason of the broken one, and figures without a failed request", async () => {
    const demo = await startDemo();
    const { code, stdout, stderr } = await demo.done;
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^MEASURED +v2 +v3 +v4 +v4\.1$/m);
    expect(stdout).toMatch(/^migration +Complete +Complete +Failed +Complete$/m);
    expect(stdout).toMatch(/^requests failed +0 +0 +0 +0$/m);
    expect(stdout).toMatch(/^all new pods ready +after [\d.]+ s +after [\d.]+ s +never +after [\d.]+ s$/m);
    expect(stdout).toMatch(/^In all: [1-9]\d\d+ requests, 0 failed\.$/m);
    expect(stderr).toMatch(/^job .*Failed, PodFailurePolicy: /m);
    expect(stderr).toMatch(/^job .*SL4020: .*could not create unique index/m);
    expect(stderr).toMatch(/^gate .*waiting for schema: migration 20260401090000 slugs failed/m);
    expect(await isThere(stderr)).toBe(false);
    // It has not brought the cluster up.
    expect(await (await cluster()).kubectl(["get", "--raw=/readyz"])).toBe("ok");
  });

  test("that is interrupted takes its namespace away, also by npm, which passes Ctrl-C on once more", async () => {
    const demo = await startDemo();
    await demo.waitForOutput(/^\$ .*helm upgrade .*=v1$/m, 240_000);
    expect(await isThere(demo.output)).toBe(true);
    demo.kill("SIGINT");
    await demo.waitForOutput(/ending everything/, 60_000);
    demo.kill("SIGINT");
    const { code, stderr } = await demo.done;
    expect([code, stderr]).toEqual([130, expect.stringMatching(/ending everything that the demo began\n$/)]);
    expect(await isThere(stderr)).toBe(false);
  });
});
