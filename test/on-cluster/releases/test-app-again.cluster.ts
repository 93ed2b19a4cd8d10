import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { migrationsFolder } from "../../examples/blog.ts";
import { connect, query } from "../../support/postgres.ts";
import { runSluice } from "../../support/run.ts";
import { newestJob } from "../newest-job.ts";
import { cluster, isOurs } from "../support.ts";
import { api, MIGRATION, type TestApp, testApp } from "../test-app/fixture.ts";
import { loadTestApp } from "../test-app/images.ts";
import { blocksFor, copyOf, mustType } from "../test-app/readme.ts";

/** The same release once more, and a run that ends by its own deadline. */
setDefaultTimeout(300_000);
const AGAIN = ["--reuse-values", "--set-string", "global.sluice.rerun=2026-11-21"];

/** Kubernetes tells times in whole seconds. */
const WHOLE_MS = 1_000;

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

/** When the migration of v2 was there, for those who ask the database, and for those who ask the Job. */
async function migratedAt({ at, blog }: TestApp, target: "schema" | "job"): Promise<number> {
  if (target === "schema") {
    const [row] = await blog.query("SELECT finished_at FROM sluice_history WHERE id = '20260201090000'");
    return Number(row?.["finished_at"]);
  }
  const job = await newestJob(at, MIGRATION);
  await at.kubectl(`wait job/${job} --for=condition=Complete --timeout=60s`);
  return Date.parse(await at.kubectl(`get job ${job} --output=jsonpath={.status.completionTime}`));
}

/** Backs the database up, as v1 leaves it. @returns what restores it. */
async function backUp({ blog }: TestApp): Promise<() => Promise<void>> {
  const migrated = await runSluice(["migrate", "--dir", migrationsFolder("v1"), "--grant", "blog_app"], {
    env: { SLUICE_URL: blog.migrator },
  });
  expect(migrated.code).toBe(0);
  await query(blog.server.url(), "CREATE DATABASE backup TEMPLATE blog");
  return async () => {
    await query(blog.server.url(), "DROP DATABASE blog WITH (FORCE)");
    await query(blog.server.url(), "CREATE DATABASE blog TEMPLATE backup");
    expect(await blog.versions()).toEqual(v1);
  };
}

const v1 = ["20260101090000"];
const v2 = [...v1, "20260201090000"];
const v3 = [...v2, "20260301090000", "20260301090100"];

/** Deploys the release again by the documented command. */
async function again(app: TestApp): Promise<void> {
  const { status, stderr } = await app.helm(["upgrade", "test-app", app.chart, ...AGAIN]);
  expect([status, stderr]).toEqual([0, ""]);
  await app.rolledOut();
}

describe.skipIf(!isOurs)("the example application", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  test.each(["schema", "job"] as const)(
    "after a backup was restored, one command migrates again, and no gate opens on the earlier Job (gate for %s)",
    async (target) => {
      const app = await testApp({ global: { sluice: { gate: { target } } } });
      const restore = await backUp(app);
      await app.rollOut("v2");
      await app.contracted();
      const first = await newestJob(app.at, MIGRATION);

      await restore();
      await again(app);
      expect(await app.blog.versions()).toEqual(v2);
      expect(await newestJob(app.at, MIGRATION)).not.toBe(first);
      const migrated = await migratedAt(app, target);
      for (const gate of await gatesEnded(app)) expect(gate).toBeGreaterThanOrEqual(migrated - WHOLE_MS);
    },
  );

  test.each(["init", "startup"])(
    "%s: after a backup was restored, the same command replaces the pods, and they migrate again",
    async (strategy) => {
      // With the contract Job its label would make other pods, too.
      const app = await testApp({ global: { sluice: { contract: { enabled: false } } } });
      const restore = await backUp(app);
      await app.rollOut("v2", ["--values", join(app.chart, `values-${strategy}.yaml`)]);
      expect(await app.blog.versions()).toEqual(v2);
      const replicaSets = () =>
        app.at.kubectl(`get replicasets --selector=app.kubernetes.io/name=${api} --output=name`);
      const [first = ""] = (await replicaSets()).trim().split("\n");

      await restore();
      await again(app);
      expect(await app.blog.versions()).toEqual(v2);
      const all = (await replicaSets()).trim().split("\n");
      expect([all.length, all.includes(first)]).toEqual([2, true]);
    },
  );

  test.each([
    ["kubectl", (blocks: readonly string[]) => blocks[1]],
    [
      "kustomize",
      ([install = ""]: readonly string[]) =>
        `cp -r overlays/v2 overlays/v3 && sed -i s/v2/v3/ overlays/v3/kustomization.yaml\n${install.replaceAll("overlays/v1", "overlays/v3")}`,
    ],
  ] as const)(
    "%s: after a backup was restored, both Jobs migrate again, as the README says",
    async (name, install) => {
      const app = await testApp();
      const restore = await backUp(app);
      const folder = copyOf(name, app.at.namespace);
      const blocks = blocksFor(name, app.at.namespace).map((text) => text.replaceAll("v2", "v3"));
      await mustType(app, folder, install(blocks) ?? "");
      await app.rolledOut();
      await app.contracted();
      expect(await app.blog.versions()).toEqual(v3);

      await restore();
      await mustType(app, folder, blocks.at(-1) ?? "");
      await app.contracted();
      expect(await app.blog.versions()).toEqual(v3);
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
    const job = await newestJob(app.at, MIGRATION);
    await app.at.kubectl(`wait job/${job} --for=condition=Failed --timeout=120s`);
    const log = await app.at.kubectl(`logs --selector=job-name=${job} --container=sluice-migrate --tail=-1`);
    expect(log).toContain("SL4007");
    const message = await app.at.kubectl(
      `get pods --selector=job-name=${job}`,
      "--output=jsonpath={.items[0].status.containerStatuses[0].state.terminated.message}",
    );
    expect(message).toContain("SL4007");
    expect(await app.blog.versions()).toEqual(v1);
    await app.haveReady(api, 3);
  });
});
