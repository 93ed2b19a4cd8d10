import { expect } from "bun:test";
import { type Project, project } from "./migrate/fixture.ts";
import { type Finished, type Running, type RunOptions, runSluice, startSluice } from "./support/run.ts";

export const FILES = {
  "1_a.sql": "create table a (n int);\n-- sluice:down\ndrop table a;",
  "2_b.sql": "-- sluice: phase=contract\ncreate table b (n int);\n-- sluice:down\ndrop table b;",
  "3_c.sql": "alter table a add c int;\n-- sluice:down\nalter table a drop c;",
};

export function call(p: Project, args: readonly string[], dir = p.dir): [string[], RunOptions] {
  return [[...args, "--dir", dir], { env: { SLUICE_URL: p.db.url } }];
}
export const sluice = (p: Project, ...args: string[]): Promise<Finished> => runSluice(...call(p, args));
export const start = (p: Project, ...args: string[]): Promise<Running> => startSluice(...call(p, args));

export async function tables(p: Project): Promise<string[]> {
  const rows = await p.query(
    "select relname n from pg_class where relkind = 'r' and relname in ('a', 'b') order by 1",
  );
  return rows.map((row) => row.n);
}

export async function migrated(files: Record<string, string>, major = 18): Promise<Project> {
  const p = await project(files, major);
  expect(await p.migrate()).toMatchObject({ code: 0 });
  return p;
}
