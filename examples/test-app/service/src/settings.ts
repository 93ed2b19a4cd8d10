/** What the environment says; each variable once, so that a missing one is told at the start. */
export interface Settings {
  /** postgres:// URL of the application's own account, which may not change the schema. */
  databaseUrl: string;
  port: number;
  title: string;
  /** Logs each request. */
  debug: boolean;
  /** v1, v2, ...: see releases.ts. */
  release: string;
  /** Strategy `startup`: the application migrates before it listens, with the account in SLUICE_URL. */
  migrateAtStart: boolean;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const databaseUrl = env["DATABASE_URL"];
  if (!databaseUrl) throw new Error("DATABASE_URL is not set: the Secret test-app-database has it");
  return {
    databaseUrl,
    port: Number(env["PORT"] ?? "8080"),
    title: env["BLOG_TITLE"] ?? "A blog",
    debug: env["LOG_LEVEL"] === "debug",
    release: env["TEST_APP_RELEASE"] ?? "v1",
    migrateAtStart: env["MIGRATE_AT_START"] === "true",
  };
}
