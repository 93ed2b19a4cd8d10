import { spawn } from "node:child_process";

/** Longer than any command of ours waits by itself. Milliseconds. */
const timeoutMs = 60_000;

/** Runs kubectl to its end and returns its standard output; throws with what it wrote when it fails. */
export async function kubectl(
  file: string,
  kubeconfig: string | undefined,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const chosen = kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig };
  const child = spawn(file, args, { env: { ...process.env, ...chosen }, timeout: timeoutMs });
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
  });
  if (status !== 0)
    throw new Error(`kubectl ${args.join(" ")}: ${status}\n${written.stdout}${written.stderr}`);
  return written.stdout;
}
