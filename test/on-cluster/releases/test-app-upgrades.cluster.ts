import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../cluster/readiness.ts";
import { newestJob } from "../newest-job.ts";
import { cluster, isOurs } from "../support.ts";
import { failedAlert } from "../test-app/alert.ts";
import { record, secondsOf } from "../test-app/figures.ts";
import { API, api, handler, heldPod, MIGRATION, testApp } from "../test-app/fixture.ts";
import { loadTestApp } from "../test-app/images.ts";
import { watchPods } from "../test-app/pods.ts";

/** Strategy `job` under load: releases that work, and one that does not (issue 6, proofs 1 and 2). */
setDefaultTimeout(300_000);

describe.skipIf(!isOurs)("the example application under load", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  test("job: three replicas at once, then v1 to v2 to v3, and no request fails", async () => {
    const app = await testApp();
    const first = await app.rollOut("v1");
    expect(await app.blog.versions()).toEqual(["20260101090000"]);
    const load = await app.startLoad();
    const handlers = await watchPods(app.at, "app.kubernetes.io/name=test-app-service");

    for (const release of ["v2", "v3"] as const) {
      const { load: during, result } = await load.during(async () => {
        const seconds = await app.rollOut(release);
        await app.contracted();
        return seconds;
      });
      record(`job: to ${release}`, during, result);
      expect(during.requests).toBeGreaterThan(100);
    }
    expect(first).toBeLessThan(120);
    expect(await app.blog.versions()).toEqual([
      "20260101090000",
      "20260201090000",
      "20260301090000",
      "20260301090100",
    ]);
    const [row] = await app.blog.query(
      "SELECT job, image, release FROM sluice_history WHERE id = '20260201090000'",
    );
    expect(row).toEqual({
      job: expect.stringMatching(/^test-app-migrate-[0-9a-f]{10}$/),
      image: expect.stringMatching(/test-app:v2$/),
      release: expect.stringMatching(/^[0-9a-f]{10}$/),
    });
    // The message handler stops before, comes back after, and there are never two; its page says so.
    const { most, gaps } = await handlers.end();
    expect([most, gaps]).toEqual([1, 2]);
  });

  test("a broken release: old pods serve on, the reason is where people look, the repaired one rolls out, and back", async () => {
    const app = await testApp();
    await app.rollOut("v3");
    await app.contracted();
    const load = await app.startLoad();

    const broken = await load.during(async () => {
      await app.upgrade("v4");
      const job = await newestJob(app.at, MIGRATION);
      await app.at.kubectl(`wait job/${job} --for=condition=Failed --timeout=90s`);
      // The gate tells it to whoever looks at a pod that does not start.
      const gate = await app.at.follow(await heldPod(app), "sluice-gate");
      await gate.waitForOutput(/20260401090000.*could not create unique index/s, 60_000);
      gate.kill();
      return job;
    });
    record("job: to v4, whose migration is broken", broken.load);
    const failed = broken.result;
    const conditions = await app.at.kubectl(`get job ${failed} --output=jsonpath={.status.conditions}`);
    expect(conditions).toContain("PodFailurePolicy");
    expect(await failedAlert(app, [failed])).toContain("SUCCESS");
    expect(await failedAlert(app, [])).toContain("FAILED");
    const described = await app.at.kubectl(`describe pods --selector=job-name=${failed}`);
    expect(described).toContain("could not create unique index");
    await app.haveReady(api, 3);

    const repaired = await load.during(() => app.rollOut("v4.1"));
    record("job: to v4.1, which is repaired", repaired.load, repaired.result);
    expect((await app.blog.versions()).slice(-2)).toEqual(["20260401090000", "20260401090100"]);

    const back = await load.during(() =>
      secondsOf(async () => {
        const { status, stderr } = await app.helm(["rollback", "test-app", "1"]);
        expect([status, stderr]).toEqual([0, ""]);
        await app.rolledOut();
      }),
    );
    record("job: helm rollback to v3, the database ahead", back.load, back.result);
    expect(await app.at.kubectl(`get deployment ${api} ${handler} -o jsonpath={..image}`)).not.toContain(
      "v4",
    );
  });

  test("the readers notice when nobody serves, which is what all the others are worth", async () => {
    const app = await testApp();
    await app.rollOut("v1");
    const load = await app.startLoad();
    const { load: away } = await load.during(async () => {
      await app.at.kubectl(`scale deployment/${api} --replicas=0`);
      await app.at.kubectl(`wait pods --selector=${API} --for=delete --timeout=120s`);
      await app.at.kubectl(`scale deployment/${api} --replicas=3`);
      await app.rolledOut();
    });
    expect(away.failed).toBeGreaterThan(0);
    expect(away.failures.join()).toMatch(/ECONNREFUSED|no answer/);
    // The nodes hear of endpoints a moment after the Deployment's status does.
    await until("a second without a failed request", async () => {
      await sleep(1000);
      const { requests, failed } = await load.mark();
      return requests > 0 && failed === 0;
    });
    const { load: again } = await load.during(async () => {});
    expect([again.failed, again.failures]).toEqual([0, []]);
  });
});
