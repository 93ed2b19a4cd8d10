import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Benchmark } from "./benchmark.ts";
import { writeMigration } from "./files.ts";
import { measure } from "./measure.ts";
import type { Subject } from "./peers/peer.ts";
import { runProcess } from "./process.ts";
import { type StallSample, type StallSeries, stallGoals, stallTable } from "./stall-report.ts";

/** How long the blocking transaction stays open, in milliseconds: two lengths show what depends on it. */
const blockers = [6_000, 12_000] as const;

/** Ends a tool that is not done so long after the blocking transaction. */
const limitMs = 60_000;

/**
 * ALTER TABLE waits behind an idle transaction that has read the table, and an application's SELECTs queue up behind
 * the ALTER TABLE. Measures the longest of these SELECTs.
 */
export const stall: Benchmark = {
  name: "stall",
  async run({ subjects, rounds = 2, scratch, server, say, signal }) {
    const { createDatabase, dropDatabase } = await server();
    // The floor is no tool that anyone would use.
    const tools = subjects.filter(({ name }) => name !== "floor");
    const series: StallSeries[] = tools.flatMap((subject) =>
      blockers.map((blockerMs) => ({ subject, blockerMs, samples: [] })),
    );
    for (let round = 0; round < rounds; round++) {
      for (const blockerMs of blockers) {
        say(`stall: round ${round + 1} of ${rounds}, behind a transaction of ${blockerMs / 1000} s`);
        const now = series.filter((one) => one.blockerMs === blockerMs);
        const names = now.map((_, index) => `stall_${index}`);
        const urls: string[] = [];
        for (const name of names) urls.push(await createDatabase(name));
        // Side by side, each in a database of its own: they only wait, and so hardly disturb each other.
        const samples = await Promise.allSettled(
          now.map(({ subject }, index) =>
            sampleStall(urls[index] ?? "", subject, blockerMs, scratch, signal),
          ),
        );
        for (const name of names) await dropDatabase(name);
        for (const [index, sample] of samples.entries()) {
          if (sample.status === "rejected") throw sample.reason;
          now[index]?.samples.push(sample.value);
        }
      }
    }
    return {
      title: "SELECTs behind a waiting migration",
      about:
        "`ALTER TABLE ... ADD COLUMN` waits for a transaction that has read the table and is idle for 6 s and for 12 s, while\n" +
        "an application reads a row of it every 10 ms. The tools run at the same time, each in a database of its own and with\n" +
        `its settings as they come; the worst of ${rounds} rounds. "Stalled" adds up the SELECTs of more than 100 ms; "done" is\n` +
        "from the end of the transaction to the end of the tool.",
      tables: [stallTable(series)],
      goals: stallGoals(series),
    };
  },
};

async function sampleStall(
  url: string,
  subject: Subject,
  blockerMs: number,
  scratch: string,
  signal: AbortSignal,
): Promise<StallSample> {
  // A folder for each: their output files must not mix.
  const own = mkdtempSync(join(scratch, "stall-"));
  const folder = mkdtempSync(join(own, "migrations-"));
  const clients: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    clients.push(client);
    await client.connect();
    return client;
  };
  try {
    const command = subject.migrate(subject.executable, folder, url);
    writeMigration(subject, folder, 1, "stalled", "CREATE TABLE stalled (id bigint PRIMARY KEY);");
    await measure(command, { scratch: own, memory: false, signal });
    const blocker = await connect();
    await blocker.query("INSERT INTO stalled VALUES (1)");
    await blocker.query("BEGIN");
    await blocker.query("SELECT id FROM stalled");

    writeMigration(subject, folder, 2, "note", "ALTER TABLE stalled ADD COLUMN note text;");
    const over = new AbortController();
    const watched = watchSelects(await connect(), over.signal);
    const released = (async () => {
      try {
        await sleep(blockerMs, undefined, { signal });
      } finally {
        await blocker.query("COMMIT"); // also where this run is given up: else the SELECTs would wait for ever
      }
      return performance.now();
    })();
    const ended = (async () => {
      try {
        const end = await runProcess(command, { scratch: own, limitMs: blockerMs + limitMs, signal });
        if (end.failure !== undefined) throw new Error(`${subject.name}: ${end.failure}\n${end.said}`);
        return performance.now();
      } finally {
        over.abort();
      }
    })();
    // Whichever fails, the others are waited for, so that nothing is left behind.
    const all = [watched, released, ended] as const;
    await Promise.allSettled(all);
    const [selects, releasedAt, endedAt] = await Promise.all(all);
    await blocker.query("SELECT note FROM stalled"); // throws where the tool did not do it
    return { ...selects, doneMs: endedAt - releasedAt };
  } finally {
    for (const client of clients) await client.end().catch(() => undefined);
  }
}

/** Reads one row every 10 ms until told to stop. */
async function watchSelects(client: pg.Client, stop: AbortSignal) {
  let longestMs = 0;
  let stalledMs = 0;
  while (!stop.aborted) {
    const began = performance.now();
    await client.query("SELECT id FROM stalled WHERE id = 1");
    const took = performance.now() - began;
    longestMs = Math.max(longestMs, took);
    if (took > 100) stalledMs += took;
    await sleep(10);
  }
  return { longestMs, stalledMs };
}
