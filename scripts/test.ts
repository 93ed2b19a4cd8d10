import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { countIn, failuresIn } from "../test/support/bun-output.ts";

/**
 * Runs `bun test` in several processes side by side, because the tests mostly wait: for servers, locks and time-outs.
 * Each process starts its own servers once. Arguments go to `bun test` (a file, `-t PATTERN`) and then one process is
 * enough. Ends with the sums of all: "123 passed, 0 failed".
 */
const SHARDS = 4;
/** A test waits for real processes on a machine that may be busy. Milliseconds. */
const TIMEOUT = 60_000;

const root = join(import.meta.dirname, "..");
const timings = join("test", "timings.json");
const args = process.argv.slice(2);

interface Outcome {
  status: number;
  output: string;
}

function runShard(shard: string[]): Promise<Outcome> {
  const known = existsSync(join(root, timings)) ? [`--timings=${timings}`] : [];
  const child = spawn(process.execPath, ["test", "--timeout", String(TIMEOUT), ...known, ...shard, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once("close", (code) => resolve({ status: code ?? 1, output })));
}

const shards =
  args.length > 0 ? [[]] : Array.from({ length: SHARDS }, (_, index) => [`--shard=${index + 1}/${SHARDS}`]);
const outcomes = await Promise.all(
  shards.map(async (shard) => {
    const outcome = await runShard(shard);
    process.stdout.write(outcome.output);
    return outcome;
  }),
);
const passed = outcomes.reduce((sum, { output }) => sum + countIn(output, "pass"), 0);
// A process that ended badly without a failed test (a crash, a file that does not load) is a failure too.
const failed = outcomes.reduce(
  (sum, { status, output }) => sum + Math.max(countIn(output, "fail"), status === 0 ? 0 : 1),
  0,
);
// Once more at the end, where a log that was cut still has them.
const failures = outcomes.flatMap(({ output }) => failuresIn(output));
if (failures.length > 0) console.log(`\n${failures.join("\n\n")}`);
if (args.length === 0) console.log("\nNot among these: what needs Kubernetes, npm run test:cluster.");
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
