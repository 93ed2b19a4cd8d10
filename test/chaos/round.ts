import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "../../src/rehearse/server.ts";
import { startPgBouncer } from "../support/pgbouncer.ts";
import { createDatabase, query, type TestDatabase } from "../support/postgres.ts";
import { tempDir } from "../support/temp.ts";
import { startGate, startRunner } from "./actors.ts";
import { describeDatabase, difference } from "./compare.ts";
import { type Generated, generateDirectory } from "./directory.ts";
import { strike } from "./faults.ts";
import { startProxy } from "./proxy.ts";
import { createRandom } from "./random.ts";

export interface RoundResult {
  seed: number;
  way: string;
  runners: number;
  files: number;
  /** What was done, by name. */
  kills: Record<string, number>;
  /** Processes of runners that were started. */
  starts: number;
  gates: number;
  /** What must not be: each a sentence. */
  wrong: string[];
}

/** How the runners reach the server. */
const WAYS = ["direct", "direct", "proxy", "pooler in session mode", "lease through a pooler"] as const;

/**
 * One generated directory, a crowd of runners, faults at random moments, and then the comparison with a database in
 * which the same statements ran undisturbed. Everything random comes from the seed; only the timing does not.
 * @param kills faults at the most; fewer where the directory is finished before.
 */
export async function playRound(
  server: Server,
  executable: string,
  seed: number,
  kills: number,
): Promise<RoundResult> {
  const random = createRandom(seed);
  const way = random.pick(WAYS);
  const lease = way === "lease through a pooler";
  const files = generateDirectory(random, random.between(6, 14), lease);
  const db = await createDatabase(server);
  const reference = await createDatabase(server);
  const dir = tempDir(Object.fromEntries(files.map((file) => [file.name, file.text])));
  const proxy = way === "proxy" ? await startProxy(server.port) : undefined;
  const pooler =
    way === "pooler in session mode" || lease
      ? await startPgBouncer(db, lease ? "transaction" : "session")
      : undefined;
  const url = pooler?.url ?? (proxy ? throughPort(db.url, proxy.port) : db.url);
  const args = ["migrate", "--dir", dir, "--wait", "20s", "--grace", "200ms", ...flags(way)];
  const count = random.next() < 0.2 ? random.between(20, 50) : random.between(2, 12);

  const stop = new AbortController();
  const gates = [1, 2].map(() => startGate(executable, dir, db.url));
  const runners = Array.from({ length: count }, () => startRunner(executable, args, url, stop.signal));
  const all = Promise.all(runners.map((runner) => runner.done));
  let finished = false;
  void all.then(() => {
    finished = true;
  });
  const done: Record<string, number> = {};
  const wrong: string[] = [];
  const target = { server, database: db.name, runners, proxy, pooler, random };
  for (let kill = 0; kill < kills && !finished; kill++) {
    await sleep(random.between(20, 350));
    const name = finished ? undefined : await strike(target);
    if (name !== undefined) done[name] = (done[name] ?? 0) + 1;
  }
  const late = setTimeout(() => {
    stop.abort();
    for (const runner of runners) runner.child()?.kill("SIGKILL");
  }, 120_000);
  const ends = await all;
  clearTimeout(late);
  if (stop.signal.aborted) wrong.push("the runners were not done after 120 s without a fault");
  for (const { stuck } of ends) {
    if (stuck !== undefined)
      wrong.push(`a runner needed a hand (exit ${stuck.code}): ${stuck.stderr.slice(-600)}`);
  }
  wrong.push(...(await checkGates(gates, db)), ...(await checkHistory(db, files)));
  await applyUndisturbed(reference, files);
  wrong.push(...difference(await describeDatabase(reference.url), await describeDatabase(db.url)));
  await proxy?.close();
  pooler?.stop();
  await db.drop();
  await reference.drop();
  const starts = ends.reduce((sum, { ends: one }) => sum + one.length, 0);
  return { seed, way, runners: count, files: files.length, kills: done, starts, gates: gates.length, wrong };
}

function flags(way: (typeof WAYS)[number]): string[] {
  if (way === "lease through a pooler") return ["--lock", "lease", "--lease", "2s"];
  return way === "pooler in session mode" ? ["--pooler", "session"] : [];
}

function throughPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

/** The statements themselves, one after the other, without Sluice. */
async function applyUndisturbed(db: TestDatabase, files: readonly Generated[]): Promise<void> {
  for (const file of files) {
    for (const statement of file.statements) {
      if (!statement.startsWith("select pg_sleep")) await query(db.url, statement);
    }
  }
}

/** A gate must open, and not before the last migration was committed. */
async function checkGates(
  gates: readonly ReturnType<typeof startGate>[],
  db: TestDatabase,
): Promise<string[]> {
  const wrong: string[] = [];
  const [last] = await query(
    db.url,
    "select extract(epoch from max(finished_at)) * 1000 as at from sluice_history where kind = 'migration'",
  );
  for (const gate of gates) {
    const slow = setTimeout(() => gate.child.kill("SIGKILL"), 60_000);
    const end = await gate.end;
    clearTimeout(slow);
    if (end.code !== 0)
      wrong.push(`a gate did not open: exit ${end.code} ${end.signal}: ${end.stderr.slice(-300)}`);
    else if (end.at < Math.floor(Number(last?.["at"])))
      wrong.push("a gate opened before the last migration was applied");
  }
  return wrong;
}

async function checkHistory(db: TestDatabase, files: readonly Generated[]): Promise<string[]> {
  const rows = await query(
    db.url,
    `select id, state, statements_done, statements_total, statement from sluice_history where kind = 'migration'`,
  );
  const wrong = rows
    .filter(
      (row) =>
        row["state"] !== "applied" ||
        row["statement"] !== null ||
        row["statements_done"] !== row["statements_total"],
    )
    .map((row) => `history: ${JSON.stringify(row)}`);
  if (rows.length !== files.length) wrong.push(`history: ${rows.length} rows for ${files.length} files`);
  return wrong;
}
