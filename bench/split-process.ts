import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Benchmark, Goal } from "./benchmark.ts";

const program = fileURLToPath(new URL("split.ts", import.meta.url));

/** The SQL splitter, by bench/split.ts, which measures within its own process and prints a line for each shape of SQL. */
export const split: Benchmark = {
  name: "split",
  async run({ say, signal }) {
    say("split: 1 MB of SQL");
    const report = { title: "Splitting SQL", about: "Within one process, no server.", tables: [] };
    if (!existsSync(program)) return { ...report, goals: [splitGoal("")] };
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", 2], signal });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`bench/split.ts: exit status ${code}`);
    return { ...report, goals: [splitGoal(output)], output: output.trimEnd() };
  },
};

/** Takes what bench/split.ts prints: name, MB, first ms, best ms, statements. The slowest first run counts. */
export function splitGoal(output: string): Goal {
  const text = "1 MB of SQL splits in under 100 ms";
  const figures = output
    .split("\n")
    .map((line) => / [\d.]+ +([\d.]+) +[\d.]+ +\d+$/.exec(line.trimEnd())?.[1]);
  const slowest = Math.max(...figures.filter((figure) => figure !== undefined).map(Number));
  if (!Number.isFinite(slowest)) return { text, met: undefined, measured: "" };
  return { text, met: slowest < 100, measured: `at most ${slowest} ms, in the first run` };
}
