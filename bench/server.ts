import { statfsSync } from "node:fs";
import pg from "pg";
import { startServer } from "../src/rehearse/server.ts";
import { fileCount } from "./files.ts";

/** A disposable PostgreSQL server that is as durable as one in production, and its databases. */
export interface BenchServer {
  /** "PostgreSQL 18.4", with what is worth knowing about its storage. */
  description: string;
  /** Makes an empty database and writes everything down, so that the next measurement does not pay for it. */
  createDatabase(name: string): Promise<string>;
  /** Throws unless the database holds the tables of all (`count`) migrations: a tool that did nothing is fast. */
  verify(name: string, count?: number): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Against the settings of a server that is thrown away: what initdb gives. */
const durable = { fsync: true, full_page_writes: true, synchronous_commit: "on", shared_buffers: "128MB" };

/** Starts PostgreSQL 18. Clients log in with a password (SCRAM), as they would in a cluster, and without TLS. */
export async function startBenchServer(): Promise<BenchServer> {
  const server = await startServer({ major: 18, settings: durable });
  const urlOf = (database: string) => `${server.url(database)}?sslmode=disable`;
  try {
    const admin = new pg.Client({ connectionString: urlOf("postgres") });
    await admin.connect();
    const { rows } = await admin.query<{ server_version: string }>("SHOW server_version");
    return {
      description: `PostgreSQL ${rows[0]?.server_version}${inMemory(server.dataDir) ? " (data in memory: fsync costs nothing)" : ""}`,
      async createDatabase(name) {
        await admin.query(`CREATE DATABASE ${name}`);
        await admin.query("CHECKPOINT");
        return urlOf(name);
      },
      verify: (name, count = fileCount) => verify(urlOf(name), count),
      async dropDatabase(name) {
        await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      },
      async stop() {
        await admin.end();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function verify(connectionString: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const query =
      "SELECT count(*)::int AS tables FROM pg_class WHERE relkind = 'r' AND relname ~ '^bench_[0-9]'";
    const { rows } = await client.query<{ tables: number }>(query);
    if (rows[0]?.tables !== count) throw new Error(`${rows[0]?.tables} of ${count} tables are there`);
  } finally {
    await client.end();
  }
}

/** Magic number of tmpfs (statfs(2)). */
function inMemory(folder: string): boolean {
  return process.platform === "linux" && statfsSync(folder).type === 0x01021994;
}
