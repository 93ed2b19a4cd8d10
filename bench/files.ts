import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subject } from "./peers/peer.ts";

/** How many migrations the benchmarks speak of. */
export const fileCount = 1000;

/**
 * A folder with `count` migrations of one table each, in the tool's own format. Written once a run; returns its path.
 */
export function migrationFolder(subject: Subject, scratch: string, count = fileCount): string {
  const folder = join(scratch, `migrations-${subject.name}-${count}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  for (let number = 1; number <= count; number++) {
    const table = tableName(number);
    const sql = `CREATE TABLE ${table} (id bigint PRIMARY KEY, name text NOT NULL);`;
    writeMigration(subject, folder, number, table, sql);
  }
  return folder;
}

/** Writes one migration into a folder, in the tool's own format. `number` gives the order, `name` is a word. */
export function writeMigration(
  subject: Subject,
  folder: string,
  number: number,
  name: string,
  sql: string,
): void {
  const version = String(20260101000000 + number);
  writeFileSync(join(folder, subject.fileName(version, name)), subject.fileContent(sql));
}

function tableName(number: number): string {
  return `bench_${String(number).padStart(4, "0")}`;
}
