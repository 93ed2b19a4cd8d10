import { run } from "../../src/cli/run.ts";
import { commands } from "../../src/commands/index.ts";

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line in this process: hundreds of them take a second. Standard input cannot be given. */
export async function sluice(...argv: string[]): Promise<Ended> {
  const ended: Ended = { status: -1, stdout: "", stderr: "" };
  const collect = (name: "stdout" | "stderr") => ({
    write(text: string | Uint8Array) {
      ended[name] +=
        typeof text === "string" ? text : new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
    },
  });
  ended.status = await run(argv, {
    env: { SLUICE_TERMINATION_LOG: "/dev/null" },
    stdout: collect("stdout"),
    stderr: collect("stderr"),
    commands,
  });
  return ended;
}
