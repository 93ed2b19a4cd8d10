import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../cluster/readiness.ts";
import { newestJob } from "../newest-job.ts";
import { cluster, isOurs } from "../support.ts";
import { duringMigration, podOf, SLOW, v1, v2, v3 } from "../test-app/during-migration.ts";
import { record, secondsOf } from "../test-app/figures.ts";
import { API, api, MIGRATION, testApp } from "../test-app/fixture.ts";
import { loadTestApp, slowVersion, type Tag } from "../test-app/images.ts";

/** What happens to people while a migration runs, under load (issue 6, proof 4). */
setDefaultTimeout(300_000);
describe.skipIf(!isOurs)("while a migration runs", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  test("the Job's pod is deleted", () =>
    duringMigration("the Job's pod is deleted", async (app) => {
      await app.at.kubectl(`delete pod ${await podOf(app, MIGRATION, "Running")} --wait=false`);
    }));

  test("the Job's pod is killed", () =>
    duringMigration("the Job's pod is killed", async (app) => {
      await app.at.kubectl(`delete pod ${await podOf(app, MIGRATION, "Running")} --force --grace-period=0`);
    }));

  test("the database is restarted", () =>
    duringMigration("the database is restarted", async ({ blog }) => {
      await blog.server.restart();
    }));

  test("the next release comes", () =>
    duringMigration(
      "a second helm upgrade",
      async (app) => {
        await app.upgrade("v3-slow");
        await app.rolledOut();
        await app.contracted();
      },
      { versions: [v1, slowVersion, v2, v3, "20260301090100"] },
    ));

  test("an old pod is deleted: the one in its place starts, though the migration runs", () =>
    duringMigration(
      "an old pod is deleted",
      async (app) => {
        const old = await podOf(app, `${API},app.kubernetes.io/version=v1`, "Running");
        await app.at.kubectl(`delete pod ${old}`);
        const ready = "--for=jsonpath={.status.readyReplicas}=3";
        await app.at.kubectl(`wait deployment/${api} ${ready} --timeout=40s`);
        expect(await app.blog.versions()).toEqual([v1]);
      },
      { seconds: 45 },
    ));

  test("a pod that the gate holds back is evicted", () =>
    duringMigration("a gate's pod is evicted", async (app) => {
      const { at } = app;
      const name = await podOf(app, API, "Pending");
      const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name } };
      const path = `/api/v1/namespaces/${at.namespace}/pods/${name}/eviction`;
      await at.it.kubectl(["create", "--raw", path, "--filename=-"], JSON.stringify(eviction));
    }));

  test("scale-out in the middle of a roll-out, after the Job was deleted: pods of either release start", async () => {
    const app = await testApp();
    await app.rollOut("v1");
    await app.slowDown(SLOW);
    const load = await app.startLoad();
    /** The releases of the API's pods that are ready, one for each. */
    const ready = async () => {
      const states = await app.at.kubectl(
        `get pods --selector=${API} --output=custom-columns=` +
          'release:metadata.labels.app\\.kubernetes\\.io/version,ready:status.conditions[?(@.type=="Ready")].status',
      );
      const lines = states.split("\n").map((line) => line.split(/\s+/));
      const of = (release: Tag) => lines.filter(([one, is]) => one === release && is === "True").length;
      return { v1: of("v1"), v2: of("v2-slow") };
    };
    const { load: summary, result } = await load.during(async () => {
      await app.upgrade("v2-slow");
      await podOf(app, API, "Pending");
      await app.at.kubectl(`rollout pause deployment/${api}`);
      const job = await newestJob(app.at, MIGRATION);
      await app.at.kubectl(`wait job/${job} --for=condition=Complete --timeout=90s`);
      await app.at.kubectl(`delete jobs --selector=${MIGRATION}`);
      return secondsOf(async () => {
        await app.at.kubectl(`scale deployment/${api} --replicas=6`);
        // 3 + 1 pods of maxSurge 25 %, rounded up, become 6 + 2 in proportion
        // (Kubernetes, Deployments, "Proportional scaling").
        const eight = async () => {
          const found = await ready();
          if (found.v1 + found.v2 >= 8) return found;
          await sleep(500);
          return undefined;
        };
        const now = await until("8 pods are ready", eight, { timeoutMs: 120_000 });
        expect(now).toEqual({ v1: 6, v2: 2 });
        await app.at.kubectl(`rollout resume deployment/${api}`);
        await app.rolledOut();
      });
    });
    record("scale-out from 3 to 6 in mid-roll-out, the Job deleted", summary, result);
    await until("all 6 pods of the new release are ready", async () => (await ready()).v2 === 6, {
      timeoutMs: 30_000,
    });
  });
});
