import { readdirSync, readFileSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import { type Row, type TestDatabase, testDatabase } from "../support/postgres.ts";
import { type Finished, type Running, type RunOptions, runSluice, startSluice } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";

/** A database, a folder to work in, and `sluice run` on them. */
export interface Place {
  db: TestDatabase;
  dir: string;
  /** Runs `sluice run` with these arguments to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  start(args: readonly string[], options?: RunOptions): Promise<Running>;
  /** The row of a run. */
  row(id: string): Promise<Row | undefined>;
  /** Repeats a query until it gives a row. */
  until(sql: string): Promise<Row>;
}

export async function place(major = 18, files: Record<string, string> = {}): Promise<Place> {
  return placeOn(await testDatabase(major), files);
}

export function placeOn(db: TestDatabase, files: Record<string, string> = {}): Place {
  const dir = tempDir(files);
  const call = (args: readonly string[], options: RunOptions = {}): [string[], RunOptions] => [
    ["run", ...args],
    { cwd: dir, ...options, env: { SLUICE_URL: db.url, ...options.env } },
  ];
  return {
    db,
    dir,
    run: (args, options) => runSluice(...call(args, options)),
    start: (args, options) => startSluice(...call(args, options)),
    row: async (id) =>
      (await db.query("select * from sluice_history where kind = 'run' and id = $1", [id]))[0],
    until: (sql) => eventually(async () => (await db.query(sql))[0], sql),
  };
}

/** Pids of the processes that run and have a text in their command line; zombies have none. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Ends processes that a test is about and that got out of hand. */
export function killAll(text: string): void {
  for (const pid of processesWith(text)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
}
