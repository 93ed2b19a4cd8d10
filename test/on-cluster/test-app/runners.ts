import pg from "pg";
import { cleanUpAfter } from "../../support/cleanup.ts";
import { repeat } from "../../support/repeat.ts";
import { MIGRATION, type TestApp } from "./fixture.ts";

/** Sessions that execute a migration right now, as the server sees them; a runner that waits for the lock is none. */
const executing = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE state = 'active' AND query LIKE '%pg_sleep%' AND application_name LIKE 'sluice:%'`;

/** From the upgrade to the statement: a pod is scheduled and started, on a busy machine, and perhaps a second one. */
const BEGIN_MS = 120_000;
/** A look that takes longer is given up, and said to be the last error. Milliseconds. */
const PATIENCE = 5000;

export interface Runners {
  /** Settles when one executes the slow migration. */
  begun: Promise<void>;
  /** Ends the watch. @returns the largest number that executed it at the same time. */
  end(): Promise<number>;
}

/** Looks every 50 ms who executes the slow migration. The server may be away in between. */
export function watchRunners(app: TestApp): Runners {
  let most = 0;
  let trouble: unknown;
  const looks = new pg.Pool({
    connectionString: app.blog.server.url("blog"),
    max: 1,
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
  });
  looks.on("error", () => {});
  const begun = Promise.withResolvers<void>();
  const tooLate = async () => {
    const why = await stateOf(app);
    begun.reject(new Error(`no runner came to the slow migration; last error: ${trouble}\n${why}`));
  };
  const late = setTimeout(() => void tooLate(), BEGIN_MS);
  cleanUpAfter(() => {
    clearTimeout(late);
    return looks.end();
  });
  const end = repeat(50, async () => {
    try {
      const { rows } = await looks.query<{ count: number }>(executing);
      most = Math.max(most, rows[0]?.count ?? 0);
    } catch (error) {
      trouble = error;
    }
    if (most === 0) return;
    clearTimeout(late);
    begun.resolve();
  });
  return { begun: begun.promise, end: () => end().then(() => most) };
}

/** What the cluster and the history say, for a test that fails. */
async function stateOf({ at, blog }: TestApp): Promise<string> {
  const said = [
    at.kubectl("get jobs,pods --output=wide"),
    at.kubectl("get events --sort-by=.lastTimestamp"),
    at.kubectl(`logs --selector=${MIGRATION} --all-containers --prefix --tail=20`),
    blog.versions().then(String),
  ];
  return (await Promise.all(said.map((one) => one.catch(String)))).join("\n\n");
}
