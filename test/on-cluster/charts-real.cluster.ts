import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { consumer, helm } from "../charts/helm.ts";
import { addresses } from "../cluster/network.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { createDatabase, ownServer } from "../support/postgres.ts";
import { image, loadSluice } from "./image-fixture.ts";
import { place } from "./real-fixture.ts";
import { cluster, isOurs } from "./support.ts";

/** The chart on the real cluster with the real image: releases of two versions, of each strategy that has containers. */
setDefaultTimeout(180_000);
const [repository, tag] = image.split(":") as [string, string];

/** A port on this machine's address in the cluster that leads to one on loopback; closed with the test. */
async function forward(port: number): Promise<number> {
  const { connect } = await import("node:net");
  const server = createServer((inner) => {
    const outer = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, addresses.host, resolve));
  cleanUpAfter(() => void server.close());
  return (server.address() as { port: number }).port;
}

/** A release in a namespace and on a database of its own, all gone with the test. */
async function shop(sluice: object) {
  const at = await place({ "pod-security.kubernetes.io/warn": "restricted" });
  const database = await createDatabase(await ownServer());
  const url = new URL(database.url);
  url.port = String(await forward(Number(url.port)));
  url.hostname = addresses.host;
  const secrets = ["shop-migrator", "shop-app"].map((name) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    stringData: { url: url.href },
  }));
  await at.apply(...secrets);
  const chart = consumer("shop");
  const values = {
    replicas: 2,
    image: at.it.testImage,
    command: ["sleep", "infinity"],
    global: {
      sluice: {
        image: { repository, tag },
        sluiceImage: { repository, tag },
        files: { glob: "migrations/*.sql" },
        ...sluice,
      },
    },
  };
  const migration = (name: string, sql: string) => writeFileSync(join(chart, "migrations", name), sql);
  return {
    at,
    migration,
    async upgrade(more: object = {}) {
      const args = ["upgrade", "--install", "rel", chart, "--namespace", at.namespace];
      const all = { ...values, global: { sluice: { ...values.global.sluice, ...more } } };
      const kubeconfig = at.it.kubeconfig ?? "";
      const { status, stderr } = await helm("helm4", args, { kubeconfig, values: all });
      expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
    },
    rolledOut: () => at.kubectl("rollout status deployment/rel-web --timeout=50s"),
    versions: async () =>
      (await database.query("SELECT id FROM sluice_history WHERE state = 'applied' ORDER BY 1")).map(
        ({ id }) => id,
      ),
  };
}

describe.skipIf(!isOurs)("the chart on a real cluster", () => {
  beforeAll(async () => loadSluice(await cluster()), 120_000);

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
      "wait job -l app.kubernetes.io/component=contract --for=condition=Complete --timeout=90s",
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
    await rel.at.kubectl(
      "wait job -l app.kubernetes.io/component=migration --for=condition=Failed --timeout=60s",
    );
    const said = await rel.at.kubectl(
      "get job -l app.kubernetes.io/component=migration -o",
      "jsonpath={.items[0].status}",
    );
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
