import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { loadSluice } from "../image-fixture.ts";
import { newestJob } from "../newest-job.ts";
import { shop } from "../shop-fixture.ts";
import { cluster, isOurs } from "../support.ts";

/** The chart on the real cluster with the real image: releases of two versions, of each strategy that has containers. */
setDefaultTimeout(300_000);

describe.skipIf(!isOurs)("the chart on a real cluster", () => {
  beforeAll(async () => loadSluice(await cluster()), 180_000);

  test("job, expand and contract: Job, gates and the second Job find each other", async () => {
    const rel = await shop({
      contract: { enabled: true, workloads: ["deployment/{{ .Release.Name }}-web"] },
    });
    rel.migration(
      "20260201000000_more.sql",
      "-- sluice: phase=contract\nALTER TABLE orders ALTER id SET NOT NULL;",
    );
    await rel.upgrade();
    await rel.rolledOut();
    await rel.at.kubectl(
      "wait job -l app.kubernetes.io/component=contract --for=condition=Complete --timeout=120s",
    );
    expect(await rel.versions()).toEqual(["20260101000000", "20260201000000"]);

    rel.migration("20260301000000_note.sql", "ALTER TABLE orders ADD note text;");
    await rel.upgrade();
    await rel.rolledOut();
    expect(await rel.versions()).toHaveLength(3);
  });

  test("a broken migration: the Job fails at the first try, and the old pods serve on", async () => {
    const rel = await shop({ gate: { target: "job", database: { secret: "shop-app" } } });
    await rel.upgrade();
    await rel.rolledOut();
    rel.migration("20260201000000_broken.sql", "ALTER TABLE nowhere ADD x int;");
    await rel.upgrade();
    const job = await newestJob(rel.at, "app.kubernetes.io/component=migration");
    await rel.at.kubectl(`wait job/${job} --for=condition=Failed --timeout=120s`);
    const said = await rel.at.kubectl(`get job ${job} --output=jsonpath={.status}`);
    expect(said).toContain("PodFailurePolicy");
    expect(JSON.parse(said).failed).toBe(1);
    const ready = await rel.at.kubectl("get deployment rel-web -o", "jsonpath={.status.readyReplicas}");
    expect(Number(ready)).toBeGreaterThanOrEqual(2);
    rel.migration("20260201000000_broken.sql", "ALTER TABLE orders ADD x int;");
    await rel.upgrade();
    await rel.rolledOut();
    expect(await rel.versions()).toEqual(["20260101000000", "20260201000000"]);
  });

  test("a command of the team's, and then init", async () => {
    const rel = await shop({});
    await rel.upgrade({ command: ["/usr/local/bin/sluice", "--version"] });
    await rel.rolledOut();
    expect(await rel.versions()).toEqual([expect.stringMatching(/^rel-migrate-[0-9a-f]{10}$/)]);
    await rel.upgrade({ strategy: "init" });
    await rel.rolledOut();
    expect(await rel.versions()).toContain("20260101000000");
  });
});
