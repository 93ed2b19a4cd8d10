import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cluster, isOurs } from "../support.ts";
import { type } from "../terminal.ts";
import { testApp } from "../test-app/fixture.ts";
import { loadTestApp } from "../test-app/images.ts";
import { proveUnderLoad } from "../test-app/prove.ts";
import { documented, hook, init, startup } from "../test-app/ways.ts";

/** Strategies by the CI steps of docs/guides/choose.md (issue 6, proof 3); `job` under load is in test-app-upgrades.cluster.ts. */
setDefaultTimeout(300_000);

describe.skipIf(!isOurs)("by its documented CI step", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  for (const way of [hook, init, startup])
    test(`${way.name}: v1 to v2 without a failed request; v4 ends the step with its own error`, () =>
      proveUnderLoad(way));

  test("job: v4 ends the step, whose Job NOTES name, with its own error", async () => {
    const app = await testApp();
    await app.rollOut("v2");
    const [upgrade = "", wait = ""] = documented(app, "job", "v4").split(" && ");
    const { stdout: notes } = await type(app.at.it, { script: upgrade });
    const [, job = ""] = /sluice wait (job\/\S+)/.exec(notes) ?? [];
    const { code, stdout, stderr } = await type(app.at.it, { script: wait.replace("job/NAME", job) });
    expect(stdout + stderr).toContain("could not create unique index");
    expect(code).toBe(3);
  });
});
