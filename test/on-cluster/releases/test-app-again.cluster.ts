import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { migrationsFolder } from "../../examples/blog.ts";
import { connect, query } from "../../support/postgres.ts";
import { runSluice } from "../../support/run.ts";
import { cluster, isOurs } from "../support.ts";
import { MIGRATION } from "../test-app/during-migration.ts";
import { api, type TestApp, testApp } from "../test-app/fixture.ts";
import { loadTestApp } from "../test-app/images.ts";

/** The same release once more, and a run that ends by its own deadline. */
setDefaultTimeout(300_000);
const AGAIN = ["--reuse-values", "--set-string", "global.sluice.rerun=2026-11-21"];

/** Times are told in whole seconds; with a gate that asks the database, the Job's end comes after the gate's. */
const SPARE_MS = 4_000;

/** When the gates of the API's pods opened, of those pods that are to stay. */
async function gatesEnded({ at }: TestApp): Promise<number[]> {
  const list = await at.kubectl("get pods --selector=app.kubernetes.io/name=test-app-api -o json");
  const pods = (JSON.parse(list) as { items: Pod[] }).items.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  expect(pods.length).toBe(3);
  return pods.map(({ status }) =>
    Date.parse(status.initContainerStatuses[0]?.state.terminated.finishedAt ?? ""),
  );
}

interface Pod {
  metadata: { deletionTimestamp?: string };
  status: { initContainerStatuses: { state: { terminated: { finishedAt: string } } }[] };
}

describe.skipIf(!isOurs)("the example application", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  test.each(["schema", "job"])(
    "after a backup was restored, one command migrates again, and no gate opens on the earlier Job (gate for %s)",
    async (target) => {
      const app = await testApp({ global: { sluice: { gate: { target } } } });
      const { server } = app.blog;
      const migrated = await runSluice(["migrate", "--dir", migrationsFolder("v1"), "--grant", "blog_app"], {
        env: { SLUICE_URL: app.blog.migrator },
      });
      expect(migrated.code).toBe(0);
      await query(server.url(), "CREATE DATABASE backup TEMPLATE blog");
      await app.rollOut("v2");
      await app.contracted();
      const jobs = () => app.at.kubectl(`get jobs --selector=${MIGRATION} -o jsonpath={..metadata.name}`);
      const first = await jobs();

      await query(server.url(), "DROP DATABASE blog WITH (FORCE)");
      await query(server.url(), "CREATE DATABASE blog TEMPLATE backup");
      expect(await app.blog.versions()).toEqual(["20260101090000"]);
      const { status, stderr } = await app.helm(["upgrade", "test-app", app.chart, ...AGAIN]);
      expect([status, stderr]).toEqual([0, ""]);
      await app.rolledOut();
      expect(await app.blog.versions()).toEqual(["20260101090000", "20260201090000"]);
      expect(await jobs()).not.toBe(first);
      const migratedAt = await app.at.kubectl(
        `get jobs --selector=${MIGRATION} -o jsonpath={.items[0].status.completionTime}`,
      );
      for (const gate of await gatesEnded(app))
        expect(gate).toBeGreaterThanOrEqual(Date.parse(migratedAt) - SPARE_MS);
    },
  );

  test("a run that takes too long ends by itself, before the Job's own time: reason and log are there", async () => {
    const app = await testApp({ global: { sluice: { deadlineSeconds: 30 } } });
    await app.rollOut("v1");
    // Somebody's forgotten transaction: the migration does not get its lock.
    const forgotten = await connect(app.blog.application);
    await forgotten.query("BEGIN");
    await forgotten.query("SELECT FROM blog_posts");
    await app.upgrade("v2");
    await app.at.kubectl(`wait job --selector=${MIGRATION} --for=condition=Failed --timeout=90s`);
    const log = await app.at.kubectl(`logs --selector=${MIGRATION} --container=sluice-migrate --tail=-1`);
    expect(log).toContain("SL4007");
    const message = await app.at.kubectl(
      `get pods --selector=${MIGRATION}`,
      "--output=jsonpath={.items[0].status.containerStatuses[0].state.terminated.message}",
    );
    expect(message).toContain("SL4007");
    expect(await app.blog.versions()).toEqual(["20260101090000"]);
    expect(await app.at.kubectl(`get deployment ${api} -o jsonpath={.status.readyReplicas}`)).toBe("3");
  });
});
