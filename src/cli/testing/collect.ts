import { run } from "../run.ts";
import { commands } from "./sample.ts";

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line of the sample commands in this process. The termination message goes nowhere unless told. */
export async function runSample(
  argv: string[],
  env: Record<string, string> = {},
  more: { program?: string; signal?: AbortSignal } = {},
): Promise<Ended> {
  const ended = { status: -1, stdout: "", stderr: "" };
  const collect = (name: "stdout" | "stderr") => ({
    write(text: string) {
      ended[name] += text;
    },
  });
  ended.status = await run(argv, {
    env: { SLUICE_TERMINATION_LOG: "/dev/null", ...env },
    stdout: collect("stdout"),
    stderr: collect("stderr"),
    commands,
    ...more,
  });
  return ended;
}
