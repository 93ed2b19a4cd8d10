import { beforeAll, describe, setDefaultTimeout, test } from "bun:test";
import { apiServerDaemon } from "../cluster/apiserver.ts";
import { stateFolder } from "../cluster/paths.ts";
import { killDaemon } from "../cluster/processes.ts";
import { up } from "../cluster/up.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { cluster, isOurs } from "./support.ts";
import { duringMigration, podOf } from "./test-app/during-migration.ts";
import { MIGRATION } from "./test-app/fixture.ts";
import { loadTestApp } from "./test-app/images.ts";

/** What happens to the cluster itself while a migration runs, under load (issue 6, proof 4). */
setDefaultTimeout(300_000);

describe.skipIf(!isOurs)("while a migration runs", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  test("the node is drained", () =>
    duringMigration("its node is drained", async (app) => {
      const { at } = app;
      const pod = await podOf(app, MIGRATION, "Running");
      const node = await at.kubectl(`get pod ${pod} -o jsonpath={.spec.nodeName}`);
      cleanUpAfter(async () => void (await at.it.kubectl(["uncordon", node])));
      // Only pods of this application: the load generator has no home to go to.
      await at.it.kubectl([
        "drain",
        node,
        "--pod-selector=app.kubernetes.io/instance=test-app",
        "--ignore-daemonsets",
        "--delete-emptydir-data",
        "--timeout=150s",
      ]);
      await at.it.kubectl(["uncordon", node]);
    }));

  test("the API server is killed", () =>
    duringMigration("the API server is killed", async () => {
      const stateDir = stateFolder();
      await killDaemon(apiServerDaemon(stateDir));
      await up({ stateDir, log: () => {} });
    }));
});
