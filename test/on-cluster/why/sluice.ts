import { setTimeout as delay } from "node:timers/promises";
import { type Manifest, parseManifests } from "../../charts/manifests.ts";
import { until } from "../../cluster/readiness.ts";
import { connect, testDatabase } from "../../support/postgres.ts";
import { type Shop, shop } from "../shop-fixture.ts";
import { type Look, lookAt } from "./look.ts";

/** Release `rel` of the chart test/charts/shop with the library. */
export interface WithSluice extends Shop, Look {
  /** Writes version 1, 2, ... of the schema: a migration that takes so many seconds. */
  schema(version: number, seconds?: number): void;
  /** The objects of the Job as CI applies them, with the strategy `pipeline`. */
  job(): Promise<Manifest[]>;
  /** Resolves when a migration is in its pg_sleep. */
  migrating(): Promise<void>;
  /** Looks how many migrations run at the same time, until the returned function is called, which says how many at most. */
  countAtOnce(): Promise<() => Promise<number>>;
}

/** Not sessions of the test itself (test/support/postgres.ts). */
const running = `SELECT count(*)::int AS running FROM pg_stat_activity WHERE datname = current_database()
  AND state = 'active' AND query ~ 'pg_sleep' AND application_name <> 'sluice test'`;
/** Between two looks at what runs, milliseconds: far less than a migration takes. */
const lookEvery = 50;

/** Takes values below `global.sluice`. */
export async function withSluice(values: object = {}, replicas = 1): Promise<WithSluice> {
  const database = await testDatabase();
  const rel = await shop(values, { replicas, database });
  const count = async (): Promise<number> => (await database.query(running))[0]?.["running"];
  return {
    ...rel,
    ...(await lookAt(rel.at, "app.kubernetes.io/name=shop", "sluice-gate")),
    schema: (version, seconds = 0) =>
      rel.migration(
        `2026010${version}000000_v${version}.sql`,
        `CREATE TABLE v${version} (id int);\nSELECT pg_sleep(${seconds});\n`,
      ),
    async job() {
      const only = ["template", "rel", rel.chart, "--show-only", "templates/migrate.yaml"];
      const { stdout } = await rel.helm(only, { ...values, pipeline: { job: true } });
      return parseManifests(stdout);
    },
    migrating: async () => void (await until("a migration runs", async () => (await count()) > 0)),
    async countAtOnce() {
      const session = await connect(database.url);
      let most = 0;
      let on = true;
      const counting = (async () => {
        for (; on; await delay(lookEvery))
          most = Math.max(most, (await session.query(running)).rows[0]?.running);
      })();
      counting.catch(() => {}); // told where it is awaited, if the run comes so far
      return async () => {
        on = false;
        await counting;
        return most;
      };
    },
  };
}
