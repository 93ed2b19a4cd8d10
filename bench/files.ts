import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subject } from "./peers/peer.ts";

/** How many migrations the benchmarks speak of. */
export const fileCount = 1000;

/** A folder with 1,000 migrations of one table each, in the tool's own format. Written once a run; returns its path. */
export function migrationFolder(subject: Subject, scratch: string): string {
  const folder = join(scratch, `migrations-${subject.name}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  for (let number = 1; number <= fileCount; number++) {
    const table = tableName(number);
    const version = String(20260101000000 + number);
    const sql = `CREATE TABLE ${table} (id bigint PRIMARY KEY, name text NOT NULL);`;
    writeFileSync(join(folder, subject.fileName(version, table)), subject.fileContent(sql));
  }
  return folder;
}

function tableName(number: number): string {
  return `bench_${String(number).padStart(4, "0")}`;
}
