import { defineCommand } from "../cli/command.ts";
import { databaseOptions } from "../cli/global-options.ts";
import { waitForAll } from "../gate/gate.ts";
import { conditionFor } from "../gate/targets.ts";
import { formatDuration } from "../text/duration.ts";
import { databaseOf, versionOf } from "./open.ts";

export const command = defineCommand({
  name: "wait",
  summary: "hold until what a pod needs is there",
  usage: "wait TARGET... [--timeout 10m] [--fail-fast]",
  description:
    "Ends with 0 when every target holds, and never before: missing information keeps it closed. Without --timeout it waits for ever, because an init container that ends would be restarted by the kubelet with growing pauses. The target `schema` holds when every expand migration of the directory, and every contract migration that one of these requires, is applied from the same text. The target `run/ID` holds when the command of `sluice run --id ID` has ended with exit status 0.",
  arguments: [{ name: "target", many: true, summary: "what to wait for: schema, run/ID" }],
  options: [
    ...databaseOptions,
    {
      name: "require",
      type: "list",
      placeholder: "VERSION",
      summary: "schema: wait for exactly these versions (repeatable)",
    },
    { name: "timeout", type: "duration", summary: "give up after this long, with exit 124" },
    { name: "fail-fast", type: "boolean", summary: "end when what is awaited has failed, with exit 3" },
  ],
  examples: [
    "sluice wait schema",
    "sluice wait schema --timeout 10m --fail-fast",
    "sluice wait schema --require 20260101120000",
    "sluice wait run/release-42",
  ],
  exits: [
    { status: 0, meaning: "open" },
    { status: 2, meaning: "wrong usage, or nothing to wait for" },
    { status: 3, meaning: "with --fail-fast: what is awaited has failed" },
    { status: 5, meaning: "with --fail-fast: the database does not fit this version" },
    { status: 124, meaning: "--timeout passed" },
  ],
  async run(context) {
    const { options, reporter, signal } = context;
    const conditions = [];
    for (const target of context.args.target) {
      conditions.push(
        await conditionFor(target, {
          database: () => databaseOf(context),
          dirs: context.sources.dir.kind === "default" && options.require.length > 0 ? [] : options.dir,
          require: options.require.map((text) => versionOf(text, "--require")),
          warn: (text) => reporter.warn(text),
        }),
      );
    }
    const result = await waitForAll(conditions, {
      timeout: options.timeout,
      failFast: options.failFast,
      signal,
      say: (target, reason, waited) =>
        reporter.info(`waiting for ${target}: ${reason}`, { target, reason, waitedMs: waited }),
    });
    const names = result.targets.map(({ target }) => target).join(", ");
    const json = { targets: result.targets, waitedMs: result.waited };
    reporter.result("WaitResult", json, `${names}: open after ${formatDuration(result.waited)}`);
    return 0;
  },
});
