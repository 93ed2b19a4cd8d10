import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import {
  connect,
  createDatabase,
  ownServer,
  type Row,
  type TestDatabase,
  testDatabase,
} from "../support/postgres.ts";
import { type Finished, type Running, type RunOptions, runSluice, startSluice } from "../support/run.ts";
import { tempDir, writeFiles } from "../support/temp.ts";

/** One database and one folder of migrations, and what the tests of `migrate` do with them. */
export interface Project {
  db: TestDatabase;
  dir: string;
  /** Adds or replaces files of the folder. */
  write(files: Record<string, string | Uint8Array>): void;
  /** `sluice migrate` to its end, with further arguments and variables. */
  migrate(args?: readonly string[], options?: RunOptions): Promise<Finished>;
  start(args?: readonly string[], options?: RunOptions): Promise<Running>;
  /** The rows of the history in the order of their versions. */
  history(): Promise<Row[]>;
  query(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Repeats a query until it gives a row: for what the server tells nobody about. Rejects after 30 s. */
  until(sql: string): Promise<Row>;
}

/** A new database on the shared server of a major version. */
export async function project(files: Record<string, string>, major = 18): Promise<Project> {
  return projectOn(await testDatabase(major), files);
}

/** A new database on a server that the running test may stop, kill or restart. */
export async function projectOfOwnServer(files: Record<string, string>): Promise<Project> {
  return projectOn(await createDatabase(await ownServer()), files);
}

export function projectOn(db: TestDatabase, files: Record<string, string>): Project {
  const dir = tempDir(files);
  const call = (args: readonly string[], options: RunOptions): [string[], RunOptions] => [
    ["migrate", "--dir", dir, ...args],
    // What is delivered, and half the time of the sources.
    { ...options, env: { SLUICE_URL: db.url, ...options.env } },
  ];
  return {
    db,
    dir,
    write: (more) => writeFiles(dir, more),
    migrate: (args = [], options = {}) => runSluice(...call(args, options)),
    start: (args = [], options = {}) => startSluice(...call(args, options)),
    history: () => db.query("select * from sluice_history order by id::numeric"),
    query: db.query,
    until: (sql) => until(db, sql),
  };
}

/** Repeats a query until it gives a row. Rejects after 30 s. */
export async function until(db: Pick<TestDatabase, "query">, sql: string): Promise<Row> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const [row] = await db.query(sql);
    if (row !== undefined) return row;
    if (performance.now() > deadline) throw new Error(`no row after 30 s: ${sql}`);
    await sleep(20);
  }
}

/** A runner's session that executes what matches a pattern; `until` waits for it. */
export function executing(pattern: string, state = "active"): string {
  return `select pid from pg_stat_activity where application_name like 'sluice:%' and state = '${state}'
    and datname = current_database() and query ~ '${pattern}'`;
}

/** A table `barrier`, and who keeps every statement that reads it waiting until `commit`. */
export async function closedBarrier(of: Project): Promise<Client> {
  await of.query("create table barrier (n int); insert into barrier values (1)");
  const holder = await connect(of.db.url);
  await holder.query("begin; lock table barrier");
  return holder;
}

/** A row when no runner has a session in this database any more. */
export const gone = `select 1 where not exists (select from pg_stat_activity
  where application_name like 'sluice:%' and datname = current_database())`;

/** Ends the backends that runners left behind in this database, as a server does that notices their death. */
export async function endBackends(of: Project): Promise<void> {
  await of.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like 'sluice:%' and datname = current_database()`);
}

/** Versions of the rows in a state. */
export async function versions(of: Project, state = "applied"): Promise<string[]> {
  return (await of.history()).filter((row) => row.state === state).map((row) => row.id);
}

/** Whether nobody holds a session-level advisory lock in this database. */
export async function lockIsFree(of: Project): Promise<boolean> {
  const rows = await of.query(`select from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`);
  return rows.length === 0;
}
