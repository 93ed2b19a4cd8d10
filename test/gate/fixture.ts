import { expect } from "bun:test";
import { type Finished, type Running, runSluice, startSluice } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";

/** Two expand migrations and a contract one that nothing requires. */
export const FILES = {
  "001_users.sql": "create table users (id int);",
  "002_email.sql": "alter table users add column email text;",
  "003_drop.sql": "-- sluice: phase=contract\nalter table users drop column id;",
};

/** A folder with migration files. */
export function directory(files: Record<string, string> = FILES): string {
  return tempDir(files);
}

/** Starts a gate on the schema as a process of its own. Takes the database's URL and further arguments. */
export function startGate(url: string, args: string[], env: Record<string, string> = {}): Promise<Running> {
  return startSluice(["wait", "schema", ...args], { env: { SLUICE_URL: url, ...env } });
}

/** Runs a gate that is expected to end by itself. */
export async function runGate(
  url: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  return (await startGate(url, args, env)).done;
}

export function migrate(url: string, args: string[], env: Record<string, string> = {}): Promise<Finished> {
  return runSluice(["migrate", ...args], { env: { SLUICE_URL: url, ...env } });
}

/** Migrates and expects it to work. */
export async function migrated(url: string, args: string[]): Promise<void> {
  const { code, stderr } = await migrate(url, args);
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
}

/** The reasons that a gate has said so far, one a line. */
export function reasons(gate: { stderr: string }): string[] {
  return gate.stderr
    .split("\n")
    .filter((line) => line.startsWith("waiting for schema: "))
    .map((line) => line.slice("waiting for schema: ".length));
}

/**
 * Expects a gate to stay closed for a reason, and ends it. Not by a short --timeout, which may pass before it has looked
 * once.
 */
export async function staysClosed(gate: Running, reason: RegExp): Promise<Finished> {
  await gate.waitForOutput(reason);
  gate.kill();
  const finished = await gate.done;
  expect([finished.code, finished.stdout]).toEqual([143, ""]);
  return finished;
}

/** Expects a gate to open, within 30 s. */
export async function opens(gate: Running): Promise<Finished> {
  await gate.waitForOutput(/^schema: open after/m);
  const finished = await gate.done;
  expect(finished.code).toBe(0);
  return finished;
}

/**
 * Each reason is said once, when it changes. How many there are depends on the moments at which the gate looked: between
 * two migrations, or before the first one, it may see one more.
 */
export function saysNothingTwice(gate: { stderr: string }): void {
  const said = reasons(gate);
  expect(said.length).toBeGreaterThan(0);
  expect(said).toEqual([...new Set(said)]);
}
