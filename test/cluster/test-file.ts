import { type ChildProcess, spawn } from "node:child_process";
import { relative } from "node:path";

export interface Sums {
  passed: number;
  failed: number;
  skipped: number;
  /** What to repeat at the end. */
  failures: string[];
}

interface Options {
  root: string;
  env: Readonly<Record<string, string>>;
  /** Only tests whose name matches. */
  pattern?: string | undefined;
}

/** A test on a cluster waits for pods, on a machine that may be busy. Milliseconds. */
const timeoutMs = 120_000;
/** Of a failed test, at most. */
const failureLines = 60;

let running: ChildProcess | undefined;
let stopped = false;

/** Ends the file that runs, and starts no other. */
export function stopRunning(): void {
  stopped = true;
  running?.kill("SIGTERM");
}

/** Runs a file in a process of its own and adds to the sums. One that does not load or crashes is a failure. */
export async function runFile(file: string, { root, env, pattern }: Options, sums: Sums): Promise<void> {
  const name = relative(root, file);
  if (stopped) {
    sums.failed++;
    sums.failures.push(`${name}: not run`);
    return;
  }
  const begin = performance.now();
  const only = pattern === undefined ? [] : ["--test-name-pattern", pattern];
  const args = ["test", "--timeout", String(timeoutMs), ...only, `./${name}`];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = child;
  let output = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      to.write(text);
    });
  }
  const status = await new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  running = undefined;
  const [passed, failed] = [count(output, "pass"), count(output, "fail")];
  // Bun calls it an error when a pattern matches nothing in this file.
  const broken = status !== 0 && failed === 0 && !(pattern !== undefined && /matched 0 tests/.test(output));
  sums.passed += passed;
  sums.failed += broken ? 1 : failed;
  sums.skipped += count(output, "skip");
  if (broken)
    sums.failures.push(
      `${name}: ended with status ${status}\n${output.trimEnd().split("\n").slice(-20).join("\n")}`,
    );
  sums.failures.push(...failuresOf(output));
  console.log(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${name}`);
}

const count = (output: string, word: "pass" | "fail" | "skip"): number =>
  Number(new RegExp(`^ *(\\d+) ${word}$`, "m").exec(output)?.[1] ?? 0);

/** Each failed test with the lines above it, back to the test before: the reason, and then its name. */
function failuresOf(output: string): string[] {
  const lines = output.split("\n");
  return lines.flatMap((line, end) => {
    if (!line.startsWith("(fail) ")) return [];
    const before = lines.slice(0, end).findLastIndex((other) => /^\((pass|skip|fail)\) |\.ts:$/.test(other));
    return [lines.slice(Math.max(before + 1, end - failureLines), end + 1).join("\n")];
  });
}
