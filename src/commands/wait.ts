import { defineCommand } from "../cli/command.ts";
import { SluiceError } from "../errors.ts";
import { clusterAccess } from "../gate/cluster-access.ts";
import { waitForAll } from "../gate/gate.ts";
import type { JobLogs } from "../gate/kubernetes/job-logs.ts";
import { readRequest } from "../gate/request.ts";
import { type WaitingMessage, waitingMessage } from "../report/termination.ts";
import { formatDuration } from "../text/duration.ts";
import { waitOptions } from "./wait-options.ts";

export const command = defineCommand({
  name: "wait",
  summary: "hold until what a pod needs is there",
  usage: "wait TARGET... [--timeout 10m] [--fail-fast]",
  description:
    "Ends with 0 when every target holds, all at the same time, and never before: missing information keeps it closed. Without --timeout it waits for ever, because an init container that ends would be restarted by the kubelet with growing pauses. `schema`: every expand migration of the directory, and every contract migration that one of these requires, is applied from the same text. `run/ID`: the command of `sluice run --id ID` has ended with exit status 0. `database`: it answers a query. `job/NAME`: that Job is Complete. `pod/NAME`: that pod is ready. `deployment/NAME`, `statefulset/NAME`, `daemonset/NAME`: the roll-out is finished and no pod of an older revision is left. `service/NAME`: an endpoint is ready. `job` and `pod` with -l: at least one object matches, and all hold. `tcp://HOST:PORT`: a connection can be made. `http(s)://URL`: a GET is answered with a status that counts. More in docs/guides/gate.md.",
  arguments: [
    {
      name: "target",
      many: true,
      summary:
        "what to wait for: schema, run/ID, database, job/NAME, pod/NAME, service/NAME, deployment/NAME, statefulset/NAME, daemonset/NAME, job or pod with -l, tcp://HOST:PORT, http(s)://URL",
    },
  ],
  options: waitOptions,
  examples: [
    "sluice wait schema",
    "sluice wait schema --timeout 10m --fail-fast",
    "sluice wait schema --require 20260101120000",
    "sluice wait run/release-42",
    "sluice wait job/app-migrate --identity sluice.dev/release=42",
    "sluice wait job -l app=shop deployment/shop -n shop",
    "sluice wait database tcp://queue:5672 https://auth.example/healthz --status 200",
    "sluice wait pod/old-0 --for=delete",
  ],
  exits: [
    { status: 0, meaning: "open" },
    { status: 2, meaning: "wrong usage, or nothing to wait for" },
    { status: 3, meaning: "with --fail-fast: what is awaited has failed" },
    { status: 5, meaning: "with --fail-fast: the database does not fit this version" },
    { status: 124, meaning: "--timeout passed" },
  ],
  async run(context) {
    const { options, reporter, signal, sources, env } = context;
    const warn = (text: string) => reporter.warn(text);
    const debug = (text: string) => reporter.debug(text);
    const isFlag = (key: keyof typeof sources) => sources[key].kind === "flag";
    const { targets, http } = await readRequest(context.args.target, options, isFlag, warn);
    const { namespace, context: name, kubeconfig } = options;
    const cluster = clusterAccess({ env, namespace, context: name, kubeconfig, warn, debug });
    const message = waitingMessage(env, debug);
    const ended = new AbortController();
    const logs: JobLogs[] = [];
    /** The logs are what a CI step wants to show; the lines of the gate itself stand beside them, on standard error. */
    const follow = async (job: string) => {
      const { followJobLogs } = await import("../gate/kubernetes/job-logs.ts");
      const out = reporter.output === "json" ? context.stderr : context.stdout;
      const several = new Set<string>();
      const write = (line: string, container: string) => {
        several.add(container);
        out.write(several.size > 1 ? `${container}: ${line}\n` : `${line}\n`);
      };
      const trouble = (error: Error) =>
        warn(
          `the logs of job/${job} cannot be read: ${error.message} (needed: list and watch on pods, get on pods/log)`,
        );
      return followJobLogs(
        await cluster.open(),
        job,
        write,
        trouble,
        AbortSignal.any([signal, ended.signal]),
      );
    };
    try {
      const required = [];
      for (const text of options.require)
        required.push((await import("./open.ts")).versionOf(text, "--require"));
      const conditions = [];
      for (const { make } of targets) {
        const condition = await make({
          // Only where a target needs it: the driver takes 7 MiB.
          database: async () => (await import("./open.ts")).databaseOf(context),
          dirs: sources.dir.kind === "default" && options.require.length > 0 ? [] : options.dir,
          require: required,
          warn,
          http,
          cluster,
        });
        conditions.push(condition);
      }
      for (const { kind, name: job } of options.logs ? targets : [])
        if (kind === "job" && job !== undefined) logs.push(await follow(job));
      const result = await waitForAll(conditions, {
        timeout: options.timeout,
        failFast: options.failFast,
        signal,
        jitter: options.jitter,
        pausing(pause) {
          const text = `everything is there; opening in ${formatDuration(Math.round(pause))} (--jitter)`;
          message.set("--jitter", text);
          reporter.info(text, { pauseMs: Math.round(pause) });
        },
        say(target, reason, waited, advice) {
          message.set(target, reason);
          const fields = { target, reason, waitedMs: waited, ...(advice !== undefined && { advice }) };
          const below = advice === undefined || options.logFormat === "json" ? [] : advice;
          reporter.info([`waiting for ${target}: ${reason}`, ...below].join("\n"), fields);
        },
        opened: (target) => message.set(target, undefined),
      });
      await Promise.all(logs.map((one) => one.drained()));
      await message.clear();
      const json = { targets: result.targets, waitedMs: result.waited };
      const names = result.targets.map(({ target, note }) =>
        note === undefined ? target : `${target} (${note})`,
      );
      reporter.result("WaitResult", json, `${names.join(", ")}: open after ${formatDuration(result.waited)}`);
      return 0;
    } catch (error) {
      if (!signal.aborted) await Promise.all(logs.map((one) => one.drained()));
      throw await withReason(error, message);
    } finally {
      ended.abort();
      await cluster.close();
    }
  },
});

/** A signal says nothing about the wait; what was awaited last is worth more to whoever looks at the pod. */
async function withReason(error: unknown, message: WaitingMessage): Promise<unknown> {
  await message.settled();
  const isSignal = error instanceof SluiceError && error.exit >= 130;
  if (!isSignal || message.text() === "") return error;
  return new SluiceError(error.code, { hint: `It was still waiting for ${message.text()}.`, cause: error });
}
