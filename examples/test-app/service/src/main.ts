import { api, notFound } from "./api.ts";
import { cli } from "./cli.ts";
import { openPool } from "./database.ts";
import { releaseOf } from "./releases.ts";
import { serve } from "./server.ts";
import { readSettings } from "./settings.ts";
import { migrateAtStart } from "./startup.ts";
import { handleEvents } from "./worker.ts";

/** `test-app api`, `test-app worker`, `test-app cli COMMAND`: one image, three parts. */
const [part, ...args] = process.argv.slice(2);
const settings = readSettings(process.env);
const pool = openPool(settings.databaseUrl, { max: 5 });
/** Of their own: a crowd of requests is no reason to be unready. */
const probes = openPool(settings.databaseUrl, { max: 1, query_timeout: 2_000 });

const isReady = () =>
  probes.query("SELECT 1").then(
    () => true,
    () => false,
  );

if (part === "api") {
  if (settings.migrateAtStart) await migrateAtStart(settings.databaseUrl);
  const { port, ended } = serve(settings.port, api(pool, settings), isReady);
  console.log(`test-app ${settings.release}: api on port ${await port}`);
  await ended;
} else if (part === "worker") {
  const controller = new AbortController();
  process.once("SIGTERM", () => controller.abort());
  const { port, ended } = serve(settings.port, async () => notFound, isReady);
  console.log(`test-app ${settings.release}: message handler, probes on port ${await port}`);
  await Promise.all([handleEvents(pool, controller.signal), ended]);
} else if (part === "cli") {
  process.exitCode = await cli(pool, releaseOf(settings.release), args);
} else {
  console.error("usage: test-app api | worker | cli COMMAND");
  process.exitCode = 2;
}
await Promise.all([pool.end(), probes.end()]);
