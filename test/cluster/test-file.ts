import { type ChildProcess, spawn } from "node:child_process";
import { relative } from "node:path";
import { countIn, failuresIn } from "../support/bun-output.ts";

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
  /** Others run at the same time: its output is printed whole, at its end. */
  beside?: boolean;
}

/**
 * Longer than a test's own limits together, on a machine that may be busy: what is late says so itself, which "timed out" does
 * not. Milliseconds.
 */
const timeoutMs = 300_000;

const running = new Set<ChildProcess>();
let stopped = false;

/** Ends the files that run, and starts no other. */
export function stopRunning(): void {
  stopped = true;
  for (const child of running) child.kill("SIGTERM");
}

/** Runs a file in a process of its own and adds to the sums. One that does not load or crashes is a failure. */
export async function runFile(file: string, options: Options, sums: Sums): Promise<void> {
  const { root, env, pattern, beside = false } = options;
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
  running.add(child);
  let output = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (!beside) to.write(text);
    });
  }
  const status = await new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  running.delete(child);
  if (beside) process.stdout.write(output);
  const [passed, failed] = [countIn(output, "pass"), countIn(output, "fail")];
  // Bun calls it an error when a pattern matches nothing in this file.
  const broken = status !== 0 && failed === 0 && !(pattern !== undefined && /matched 0 tests/.test(output));
  sums.passed += passed;
  sums.failed += broken ? 1 : failed;
  sums.skipped += countIn(output, "skip");
  if (broken)
    sums.failures.push(
      `${name}: ended with status ${status}\n${output.trimEnd().split("\n").slice(-20).join("\n")}`,
    );
  sums.failures.push(...failuresIn(output));
  console.log(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${name}`);
}
