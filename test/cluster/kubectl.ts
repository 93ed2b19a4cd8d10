import { spawn } from "node:child_process";

/** A command that says how long it waits may take this much longer; any other, this long. Milliseconds. */
const SPARE_MS = 10_000;
const LIMIT_MS = 60_000;
/** Until the output of a command that has ended is read. Milliseconds. */
const OUTPUT_MS = 10_000;

/** By `--timeout=90s`, so that it ends by itself, with its own words. */
function limitOf(args: readonly string[]): number {
  const given = args.map((arg) => /^--timeout=(\d+)s$/.exec(arg)?.[1]).find((one) => one !== undefined);
  return Math.max(LIMIT_MS, Number(given ?? 0) * 1000 + SPARE_MS);
}

/** Runs kubectl to its end and returns its standard output; throws with what it wrote when it fails. */
export async function kubectl(
  file: string,
  kubeconfig: string | undefined,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const chosen = kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig };
  const child = spawn(file, args, { env: { ...process.env, ...chosen }, timeout: limitOf(args) });
  const written = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      written[stream] += text;
    });
  }
  child.stdin.on("error", () => {}); // it ended without having read everything
  child.stdin.end(input);
  const status = await new Promise<number | string | null>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code, signal) => resolve(code ?? signal));
    // Whoever holds the pipes open beside it, it does not end in silence.
    child.once("exit", () =>
      setTimeout(() => resolve("it has ended, but its output has not"), OUTPUT_MS).unref(),
    );
  });
  if (status !== 0)
    throw new Error(`kubectl ${args.join(" ")}: ${status}\n${written.stdout}${written.stderr}`);
  return written.stdout;
}
