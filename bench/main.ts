import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { type Options, readOptions, usage } from "./options.ts";
import type { Peer, Subject } from "./peers/peer.ts";
import { peers } from "./peers/peers.ts";
import { renderHeading, renderReport } from "./results.ts";
import { replacePart, replaceResults } from "./results-file.ts";
import { type BenchServer, startBenchServer } from "./server.ts";

// The result goes to standard output, progress to standard error. Exit status: 0 measured (whatever the goals say),
// 1 something failed, 2 wrong usage, 130 and 143 signals.
const interrupted = new AbortController();
for (const [name, status] of [["SIGINT", 130] as const, ["SIGTERM", 143] as const]) {
  process.on(name, () => {
    process.exitCode = status;
    interrupted.abort(new Error("interrupted"));
  });
}

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2), benchmarks, peers);
  await main(options);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  if (!options) say(usage);
  process.exitCode ??= options ? 1 : 2;
}

async function main(options: Options): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  let server: Promise<BenchServer> | undefined;
  try {
    const context: Context = {
      subjects: obtain(
        options.peers.filter(
          ({ name }) => name === "sluice" || options.benchmarks.some(({ alone }) => !alone),
        ),
        scratch,
      ),
      rounds: options.rounds,
      scratch,
      server: () => (server ??= startBenchServer()),
      say,
      signal: interrupted.signal,
    };
    const parts: string[] = [];
    for (const benchmark of options.benchmarks) {
      interrupted.signal.throwIfAborted();
      parts.push(renderReport(await benchmark.run(context)));
    }
    const text = [renderHeading(new Date(), (await server)?.description), ...parts].join("\n");
    process.stdout.write(text);
    if (!options.write) return;
    const file = fileURLToPath(new URL("RESULTS.md", import.meta.url));
    if (options.benchmarks.length === benchmarks.length) replaceResults(file, text);
    else for (const part of parts) replacePart(file, part);
  } finally {
    await (await server?.catch(() => undefined))?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A peer that cannot be had (no Go, no network) is left out, and said to be; without Sluice there is no point. */
function obtain(wanted: readonly Peer[], scratch: string): Subject[] {
  return wanted.flatMap((peer) => {
    try {
      return [{ ...peer, executable: peer.obtain(scratch) }];
    } catch (error) {
      const reason = (error as Error).message;
      if (peer.name === "sluice") throw new Error(`${reason} (or leave it out: --without sluice)`);
      say(`${peer.name} is left out: ${reason}`);
      return [];
    }
  });
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
