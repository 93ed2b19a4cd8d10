import type { Environment } from "../cli/option.ts";
import type { Database } from "../databases/database.ts";
import { openDatabase } from "../databases/open.ts";
import { type ResolvedSource, resolveUrl } from "../databases/target.ts";
import { connectEarly } from "../engine/early.ts";
import { runnerFrom } from "../engine/runner.ts";
import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";
import { readMigrations } from "../migrations/read.ts";
import { canonicalVersion } from "../migrations/version.ts";
import type { Reporter } from "../report/reporter.ts";

/** What the commands that talk to a database share. */
export interface DatabaseContext {
  options: {
    url?: string | undefined;
    historySchema: string;
    historyTable: string;
    lock?: "session" | "lease";
    lease?: number;
    pooler?: "session" | undefined;
    role?: string | undefined;
  };
  sources: { url: { kind: string } };
  env: Environment;
  reporter: Reporter;
}

/** The database that flag, variables or file name. Warnings about how it was named are printed. */
export function databaseOf(context: DatabaseContext): Database {
  const { options, sources, env, reporter } = context;
  const source: ResolvedSource = resolveUrl({
    flag: sources.url.kind === "flag" ? options.url : undefined,
    env,
    configUrl: sources.url.kind === "file" ? options.url : undefined,
  });
  const place = { schema: options.historySchema, table: options.historyTable };
  const mode = {
    lock: options.lock ?? "session",
    lease: options.lease ?? 30_000,
    sessionPooler: options.pooler === "session",
    role: options.role,
  };
  const { database, warnings } = openDatabase(source, env, place, runnerFrom(env), mode);
  for (const warning of warnings) reporter.warn(warning);
  return database;
}

/**
 * The database and the migrations for it. The connection is being made while the files are read, unless the database
 * may have to be created first. Errors in the files come first, and then no connection is left open.
 */
export async function databaseAndFiles(
  context: DatabaseContext & { options: { dir: readonly string[]; createDatabase: boolean } },
): Promise<{ database: Database; files: Migration[] }> {
  const { options, reporter } = context;
  const database = databaseOf(context);
  if (options.createDatabase) return { database, files: await migrationsOf(options.dir, reporter) };
  const early = connectEarly(database);
  try {
    return { database: early, files: await migrationsOf(options.dir, reporter) };
  } catch (error) {
    await early.abandon();
    throw error;
  }
}

/**
 * Reads the migrations of all directories and prints what is odd about them.
 * @throws SluiceError SL2050 where there is not one: an empty mount looks like this.
 */
export async function migrationsOf(dirs: readonly string[], reporter: Reporter): Promise<Migration[]> {
  const { migrations, warnings } = await readMigrations(dirs);
  for (const { file, line, text } of warnings)
    reporter.warn(`${line === undefined ? file : `${file}:${line}`}: ${text}`);
  if (migrations.length === 0) throw new SluiceError("SL2050", { params: { dirs: dirs.join(", ") } });
  return migrations;
}

/**
 * A version as the user typed it, with or without leading zeros.
 * @throws SluiceError SL2051 where it is none.
 */
export function versionOf(text: string, option: string): string {
  if (!/^\d+$/.test(text)) throw new SluiceError("SL2051", { params: { text, option } });
  return canonicalVersion(text);
}
