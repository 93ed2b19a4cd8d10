import { describe, setDefaultTimeout } from "bun:test";
import pg from "pg";
import { cacheFolder } from "../../scripts/fetch-postgres.ts";
import { type Server, type ServerOptions, startServer } from "../../src/rehearse/server.ts";
import { cleanUpAfter } from "./cleanup.ts";

/** The majors that the suite runs on: SLUICE_TEST_MAJORS="13,14,...", default the oldest and the newest. */
export const majors: readonly number[] = (process.env.SLUICE_TEST_MAJORS || "13,18")
  .split(",")
  .map((text) => {
    if (!/^\s*1[3-8]\s*$/.test(text))
      throw new Error(`SLUICE_TEST_MAJORS: "${text}" is no major from 13 to 18`);
    return Number(text);
  });

// biome-ignore lint/suspicious/noExplicitAny: the rows of a test's query have whatever columns it names
export type Row = Record<string, any>;

export interface TestDatabase {
  name: string;
  /** URL of the superuser; of another role or database by `server.url`. */
  url: string;
  server: Server;
  major: number;
  /** Runs SQL on a connection of its own (several statements where there are no parameters: rows of the last). */
  query(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Drops it now, with its connections; otherwise it goes with the server. */
  drop(): Promise<void>;
}

const shared = new Map<number, Promise<Server>>();
let databases = 0;

/** The server that all test files share: started on first use, stopped after the last file. */
export function testServer(major = 18): Promise<Server> {
  let server = shared.get(major);
  if (!server) {
    server = ownServer({ major }, "run");
    shared.set(major, server);
  }
  return server;
}

/** A server for one test alone, which may stop, kill or restart it; stopped at the end of the test. */
export async function ownServer(
  options: ServerOptions = {},
  scope: "test" | "run" = "test",
): Promise<Server> {
  const server = await startServer({ cache: cacheFolder(), ...options });
  cleanUpAfter(() => server.stop("immediate"), scope);
  return server;
}

/** Creates a database for one test on the shared server of a major version. */
export async function testDatabase(major = 18): Promise<TestDatabase> {
  return createDatabase(await testServer(major));
}

/** Creates a database with a name of its own on a server. */
export async function createDatabase(server: Server): Promise<TestDatabase> {
  const name = `test_${process.pid}_${++databases}`;
  const url = server.url(name);
  await query(server.url(), `CREATE DATABASE ${name}`);
  return {
    name,
    url,
    server,
    major: server.major,
    query: (sql, parameters) => query(url, sql, parameters),
    drop: async () => void (await query(server.url(), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** Runs SQL on a connection of its own. Takes a URL; returns the rows (of the last statement). */
export async function query(url: string, sql: string, parameters?: unknown[]): Promise<Row[]> {
  const client = await open(url);
  try {
    const result = await client.query<Row>(sql, parameters);
    const results = Array.isArray(result) ? (result as pg.QueryResult<Row>[]) : [result];
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

/** Opens a session; closed at the end of the test where the test did not. Errors of an idle one are no failure. */
export async function connect(url: string): Promise<pg.Client> {
  const client = await open(url);
  cleanUpAfter(() => client.end());
  return client;
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: "sluice test" });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** `describe` once for each major; raises the file's time limit, for the first use of a major starts its server. */
export function describeEachMajor(name: string, body: (major: number) => void): void {
  setDefaultTimeout(60_000);
  for (const major of majors) describe(`${name} (PostgreSQL ${major})`, () => body(major));
}
