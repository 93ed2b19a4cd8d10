import { once } from "node:events";
import { SluiceError } from "../../errors.ts";
import { exits } from "../../report/exits.ts";
import { type Commands, defineCommand } from "../command.ts";
import { dirOption, urlOption } from "../global-options.ts";

/** A command for the tests of the frame: shows what it got, or fails in the way that it is told. */
const show = defineCommand({
  name: "show",
  summary: "show what was read from the command line",
  usage: "show [--mode M] THING [MORE...]",
  arguments: [
    { name: "thing", summary: "what to show" },
    { name: "more", summary: "more of it", optional: true, many: true },
  ],
  options: [
    urlOption,
    dirOption,
    { name: "lock-timeout", type: "duration", default: "2s", summary: "longest wait for a lock" },
    { name: "steps", type: "integer", min: 1, summary: "how many" },
    { name: "phase", type: "choice", choices: ["expand", "contract"], summary: "which phase" },
    { name: "grant", type: "list", key: "readers", placeholder: "ROLE", summary: "role that may read" },
    { name: "check", type: "boolean", summary: "end with 1" },
    { name: "selector", short: "l", type: "string", summary: "which ones" },
  ],
  examples: ["sluice show everything", "kubectl get pods && sluice show --check x"],
  exits: exits(0, 1, 2),
  async run({ options, args, reporter, signal, stdout }) {
    const timeout: number = options.lockTimeout;
    reporter.info(`showing ${args.thing}`);
    reporter.debug("in detail", { timeout });
    switch (args.thing) {
      case "bug":
        throw new TypeError("no way to postgres://app:hunter2@db/app");
      case "conflict":
        throw new SluiceError("SL2010", {
          params: { file: "f", reason: "it is a test" },
          place: { file: "m/1.sql", line: 3, column: 7 },
          notes: ["a note", "over\ntwo lines"],
          migration: "1",
        });
      case "signal":
        reporter.info("waiting");
        if (!signal.aborted) await waitFor(signal);
        throw args.more.includes("late") ? new Error("connection closed") : signal.reason;
      case "stubborn":
        reporter.info("waiting");
        setInterval(() => undefined, 1000);
        await new Promise(() => undefined);
        break;
      case "stray":
        setTimeout(() => {
          throw new Error("thrown where nothing catches");
        }, 1);
        await new Promise((resolve) => setTimeout(resolve, 5000));
        break;
      case "much":
        stdout.write(`${"x".repeat(1_000_000)}\n`);
        reporter.info("written");
        return 0;
      case "status":
        return Number(args.more[0]);
    }
    const { url: _, ...shown } = options;
    reporter.result("Shown", { options: shown, args }, () => JSON.stringify({ options: shown, args }));
    return options.check ? 1 : 0;
  },
});

async function waitFor(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => undefined, 1000);
  await once(signal, "abort");
  clearInterval(alive);
}

const other = defineCommand({
  name: "other",
  summary: "a command with an option of its own",
  usage: "other",
  options: [{ name: "lock-wait", type: "duration", default: "15m", summary: "longest wait" }],
  examples: ["sluice other"],
  exits: exits(0, 2),
  run: async ({ reporter, options }) => {
    reporter.result("Other", { lockWait: options.lockWait }, String(options.lockWait));
    return 0;
  },
});

/** Names of the commands whose module was loaded. */
export const loaded: string[] = [];

export const commands: Commands = {
  show: {
    summary: show.summary,
    load: async () => {
      loaded.push("show");
      return show;
    },
  },
  other: {
    summary: other.summary,
    load: async () => {
      loaded.push("other");
      return other;
    },
  },
};
