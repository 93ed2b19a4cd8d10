import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { failureOf } from "../../support/failure.ts";
import { cluster, isOurs } from "../support.ts";
import { type } from "../terminal.ts";
import { record, secondsOf } from "../test-app/figures.ts";
import { api, handler, type TestApp, testApp } from "../test-app/fixture.ts";
import { loadTestApp, repositoryOfApp, slowVersion } from "../test-app/images.ts";
import { blocksFor } from "../test-app/readme.ts";
import { watchRunners } from "../test-app/runners.ts";

/** What Helm's time-out, an uninstallation and another installation do to a release, with real controllers (issue 6). */
setDefaultTimeout(300_000);

/** `graceSeconds` of the test, and a second for Helm to begin. */
const GRACE_MS = 51_000;

const valuesOf = ({ chart }: TestApp, strategy: string): string[] =>
  strategy === "job" ? [] : ["--values", `${chart}/values-${strategy}.yaml`];

/** What hooks and Jobs of a release leave behind. */
const left = ({ at }: TestApp): Promise<string> =>
  at.kubectl(
    "get jobs,serviceaccounts,secrets,configmaps --output=name --selector=app.kubernetes.io/instance=test-app",
  );

describe.skipIf(!isOurs)("Helm and the example application", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  test("hook: a run that outlives helm's time-out goes on; the next upgrade takes over, and two never work at once", async () => {
    // The Job is the only hook: the time-out is for each, and no other may use it up before the Job is made.
    const serviceAccount = { create: false, name: "default" };
    const app = await testApp({ global: { sluice: { graceSeconds: 50, serviceAccount } } });
    const hook = valuesOf(app, "hook");
    await app.rollOut("v1", hook);
    // Shorter than the grace period, longer than what comes until the run is asked to end.
    await app.slowDown(45);
    const load = await app.startLoad();
    const runners = watchRunners(app);

    const { load: summary, result } = await load.during(async () => {
      expect((await failureOf(app.upgrade("v2-slow", [...hook, "--timeout", "10s"]))).message).toMatch(
        /deadline exceeded|timed out/,
      );
      await runners.begun;
      const job = (path: string) => app.at.kubectl(`get job test-app-migrate --output=jsonpath={${path}}`);
      const [active, outlived, image, pod] = await Promise.all([
        job(".status.active"),
        job(".metadata.uid"),
        app.at.kubectl(`get deployment ${api} --output=jsonpath={..image}`),
        app.at.kubectl("get pods --selector=job-name=test-app-migrate --output=jsonpath={..metadata.name}"),
        // The message handler, of strategy Recreate, is away for its own restart only.
        app.haveReady(handler, 1),
      ]);
      expect([active, image]).toEqual(["1", `${repositoryOfApp}:v1`]);
      const first = await app.at.follow(pod, "sluice-migrate");
      const [asked] = await app.blog.query("SELECT now() AS at");
      await app.slowDown(3);
      const seconds = await secondsOf(() => app.rollOut("v2-slow", hook));
      // The run that was asked to end said so, and let go within its grace period; the next one began anew.
      await first.waitForOutput(/SL2041/);
      const [row] = await app.blog.query(
        `SELECT pod, started_at FROM sluice_history WHERE id = '${slowVersion}'`,
      );
      expect(row?.["pod"]).not.toBe(pod);
      expect(row?.["started_at"] - asked?.["at"]).toBeLessThan(GRACE_MS);
      expect(await job(".metadata.uid")).not.toBe(outlived);
      return seconds;
    });
    record("hook: to v2 again, while the run that outlived helm's time-out goes on", summary, result);
    expect(await runners.end()).toBe(1);
    expect(await app.blog.versions()).toEqual(["20260101090000", slowVersion, "20260201090000"]);
    expect(await app.blog.query("SELECT count(*)::int AS rows FROM slow")).toEqual([{ rows: 1 }]);
  });

  test("hook: helm rollback to a revision whose migration failed starts no pod; to the one before it does", async () => {
    const app = await testApp();
    const hook = valuesOf(app, "hook");
    await app.rollOut("v3", hook);
    await app.contracted();
    expect((await failureOf(app.upgrade("v4", hook))).message).toMatch(/Job Failed/);
    const image = () => app.at.kubectl(`get deployment ${api} --output=jsonpath={..image}`);
    const { status, stderr } = await app.helm(["rollback", "test-app", "2"]);
    expect([status, stderr]).toEqual([1, expect.stringContaining("Job Failed")]);
    expect(await image()).toBe(`${repositoryOfApp}:v3`);
    expect((await app.helm(["rollback", "test-app", "1"])).status).toBe(0);
    await app.rolledOut();
    expect(await image()).toBe(`${repositoryOfApp}:v3`);
  });

  for (const strategy of ["job", "hook", "init", "startup"]) {
    test(`${strategy}: uninstalled and installed again`, async () => {
      const app = await testApp();
      for (const release of ["v1", "v2"] as const) {
        await app.rollOut(release, valuesOf(app, strategy));
        const { status, stderr } = await app.helm(["uninstall", "test-app"]);
        expect([status, stderr]).toEqual([0, ""]);
      }
      expect(await app.blog.versions()).toEqual(["20260101090000", "20260201090000"]);
      if (strategy === "hook") {
        const [, command = ""] = blocksFor("hook", app.at.namespace);
        expect((await type(app.at.it, { script: command })).code).toBe(0);
      }
      expect(await left(app)).toBe("");
    });
  }
});
