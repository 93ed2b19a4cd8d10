import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { helm as callHelm, consumer, type Finished, orThrow } from "../charts/helm.ts";
import { createDatabase, ownServer, type TestDatabase } from "../support/postgres.ts";
import { urlForPods } from "./forward.ts";
import { image } from "./image-fixture.ts";
import { type Place, place } from "./real-fixture.ts";

const [repository, tag] = image.split(":") as [string, string];

/** The chart test/charts/shop with the library, as release `rel`, in a namespace and on a database of its own. */
export interface Shop {
  at: Place;
  database: TestDatabase;
  /** Folder of the chart's copy. */
  chart: string;
  /** Writes a file of the chart's folder `migrations`. */
  migration(name: string, sql: string): void;
  /** `helm upgrade --install` with values below `global.sluice` over those of the release; throws where Helm fails. */
  upgrade(sluice?: object, more?: readonly string[]): Promise<void>;
  /** A call of Helm in the namespace, with the release's values where it takes values; throws where Helm fails. */
  helm(args: readonly string[], sluice?: object): Promise<Finished>;
  /** The same, of which a failure is told by its status. */
  tryHelm(args: readonly string[], sluice?: object): Promise<Finished>;
  rolledOut(): Promise<string>;
  /** What the history has as applied, in the order of the versions. */
  versions(): Promise<string[]>;
}

/** Takes values below `global.sluice`, the number of replicas, and the database (one on a server of its own). */
export async function shop(
  sluice: object,
  options: { replicas?: number; database?: TestDatabase } = {},
): Promise<Shop> {
  const at = await place({ "pod-security.kubernetes.io/warn": "restricted" });
  const database = options.database ?? (await createDatabase(await ownServer()));
  const url = await urlForPods(database.url);
  const secrets = ["shop-migrator", "shop-app"].map((name) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    stringData: { url },
  }));
  await at.apply(...secrets);
  const chart = consumer("shop");
  const images = { image: { repository, tag }, sluiceImage: { repository, tag } };
  const tryHelm: Shop["tryHelm"] = (args, more) =>
    callHelm("helm4", [...args, "--namespace", at.namespace], {
      kubeconfig: at.it.kubeconfig ?? "",
      ...(more && {
        values: {
          replicas: options.replicas ?? 2,
          image: at.it.testImage,
          command: ["sleep", "infinity"],
          global: { sluice: { ...images, files: { glob: "migrations/*.sql" }, ...sluice, ...more } },
        },
      }),
    });
  const helm = orThrow(tryHelm);
  return {
    at,
    database,
    chart,
    migration: (name, sql) => writeFileSync(join(chart, "migrations", name), sql),
    tryHelm,
    helm,
    upgrade: async (changed = {}, more = []) =>
      void (await helm(["upgrade", "--install", "rel", chart, ...more], changed)),
    rolledOut: () => at.kubectl("rollout status deployment/rel-web --timeout=170s"),
    versions: async () =>
      (await database.query("SELECT id FROM sluice_history WHERE state = 'applied' ORDER BY 1")).map(
        ({ id }) => id,
      ),
  };
}
