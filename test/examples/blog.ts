import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "../../src/rehearse/server.ts";
import { repository } from "../support/executable.ts";
import { ownServer, query, type Row } from "../support/postgres.ts";
import { tempDir } from "../support/temp.ts";

/** Where the example application lies. */
export const example: string = join(repository, "examples", "test-app");

/** Each release follows the one before it; a file of a later one replaces the same file of an earlier one. */
export const releases = ["v1", "v2", "v3", "v4", "v4.1"] as const;
export type Release = (typeof releases)[number];

/** The paths of a release's migration files by their names: its own and those of all before it, as the Dockerfile has it. */
export function migrationsOf(release: Release): Map<string, string> {
  const files = new Map<string, string>();
  for (const one of releases.slice(0, releases.indexOf(release) + 1)) {
    const at = join(example, "releases", one, "migrations");
    for (const name of readdirSync(at)) files.set(name, join(at, name));
  }
  return files;
}

/** The same in a folder of its own, for `--dir`. */
export function migrationsFolder(release: Release): string {
  const folder = tempDir();
  for (const [name, path] of migrationsOf(release)) cpSync(path, join(folder, name));
  return folder;
}

/** The database of the example application, made as examples/test-app/database.sql says, on a server of its own. */
export interface Blog {
  server: Server;
  /** The URLs of the two accounts, as this machine reaches them. */
  migrator: string;
  application: string;
  /** As the superuser. */
  query(sql: string): Promise<Row[]>;
  /** The versions that are applied, in their order. */
  versions(): Promise<string[]>;
}

const passwords = { blog_migrator: "choose-one", blog_app: "choose-another" } as const;

export async function makeBlog(major = 18): Promise<Blog> {
  const server = await ownServer({ major });
  const sql = readFileSync(join(example, "database.sql"), "utf8");
  const [before = "", after = ""] = sql.split("\\connect blog\n");
  for (const statement of statements(before)) await query(server.url(), statement);
  await query(server.url("blog"), after);
  const url = (role: keyof typeof passwords) => server.url("blog", role, passwords[role]);
  const ask = (text: string) => query(server.url("blog"), text);
  return {
    server,
    migrator: url("blog_migrator"),
    application: url("blog_app"),
    query: ask,
    versions: async () =>
      (await ask("SELECT id FROM sluice_history WHERE state = 'applied' ORDER BY 1")).map(({ id }) => id),
  };
}

/** CREATE DATABASE cannot be sent with others. */
function statements(sql: string): string[] {
  return sql.split(/;\s*\n/).filter((one) => one.replace(/^--.*$/gm, "").trim() !== "");
}
