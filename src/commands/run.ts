import { defineCommand } from "../cli/command.ts";
import { historyOptions, urlOption } from "../cli/global-options.ts";
import type { Option } from "../cli/option.ts";
import { checkRunId } from "../databases/run-id.ts";
import { run } from "../engine/run/run.ts";
import { commandLine, redactor } from "../engine/run/secrets.ts";
import { SluiceError } from "../errors.ts";
import { engineListener } from "../report/progress.ts";
import { runListener, runSummary } from "../report/run.ts";
import { deadlineOption, withDeadline } from "./deadline.ts";
import { creationOptions, lockOptions, readersOptions } from "./lock-options.ts";
import { databaseOf } from "./open.ts";

/** What belongs to one run: not in sluice.yaml, where it would hold for every release. */
const ownOptions = [
  {
    name: "id",
    type: "string",
    placeholder: "ID",
    scope: "environment",
    summary: "name of this run, another one for each release; once done it is not started again",
  },
  {
    name: "fingerprint",
    type: "list",
    placeholder: "PATH",
    scope: "environment",
    summary: "make the ID from the command and these files and folders (repeatable)",
  },
  { name: "always", type: "boolean", scope: "environment", summary: "start it also where it is done" },
  {
    name: "record",
    type: "boolean",
    default: true,
    scope: "environment",
    summary: "record nothing and skip nothing: a one-off command, still under the lock",
  },
  {
    name: "retry-on",
    type: "list",
    placeholder: "CODES",
    summary: "exit statuses that may pass by themselves: exit 75 instead of 4 (repeatable)",
  },
  {
    name: "grace",
    type: "duration",
    default: "20s",
    summary: "after SIGTERM or SIGINT: leave the command this long to end, then SIGKILL",
  },
] as const satisfies readonly Option[];

export const command = defineCommand({
  name: "run",
  summary: "run any command under the lock, once for each ID",
  usage: "run --id ID -- COMMAND [ARG...]",
  description:
    "For migrations that a framework or a script applies. Takes the runner lock, starts the command in a process group of its own, passes its output on, and records in the history how it ended. Who finds the ID done, at once or after waiting for the lock, starts nothing and succeeds. A run that was interrupted is started again by the next one: at least once, until exit status 0. A gate waits for it with `sluice wait run/ID`.",
  arguments: [{ name: "command", many: true, summary: "what to run, with its arguments" }],
  options: [
    urlOption,
    ...historyOptions,
    ...ownOptions,
    ...lockOptions,
    ...creationOptions,
    ...readersOptions,
    deadlineOption,
  ],
  examples: [
    "sluice run --id release-42 -- bin/rails db:migrate",
    "sluice run --fingerprint migrations -- alembic upgrade head",
    "sluice run --id release-42 --retry-on 75 -- sh -c 'php artisan migrate --force && php artisan db:seed'",
    "sluice run --no-record -- psql -f vacuum.sql",
  ],
  exits: [
    { status: 0, meaning: "the command ended with 0, or the ID was done already" },
    { status: 2, meaning: "wrong usage or configuration, or the command cannot be started" },
    { status: 3, meaning: "--deadline passed" },
    { status: 4, meaning: "the command failed" },
    { status: 69, meaning: "the database cannot be reached, or was lost while the command ran" },
    {
      status: 75,
      meaning: "the command ended with a status of --retry-on, or the lock was not free in time",
    },
    { status: 130, meaning: "interrupted (SIGINT)" },
    { status: 143, meaning: "asked to end (SIGTERM)" },
  ],
  async run(context) {
    const { options, args, env, reporter, signal } = context;
    const words = args.command as [string, ...string[]];
    const retryOn = exitStatuses(options.retryOn);
    const identity = await identify(options, words);
    const redact = redactor(env);
    const line = commandLine(words, redact);
    const name = identity.id === undefined ? `run ${words[0]}` : `run ${identity.id}`;
    const database = databaseOf(context);
    // One document on standard output: then the command's own output is not the result.
    const stdout = reporter.output === "json" ? context.stderr : context.stdout;
    const result = await withDeadline(options.deadline, signal, (until) =>
      run(
        database,
        {
          ...identity,
          command: words,
          line,
          env: { ...env, ...(identity.id !== undefined && { SLUICE_RUN_ID: identity.id }) },
        },
        {
          ...options,
          retryOn,
          signal: until,
          redact,
          on: engineListener(reporter),
          onRun: runListener(reporter, name, line),
          output: (stream, bytes) => void (stream === "stdout" ? stdout : context.stderr).write(bytes),
        },
      ),
    );
    reporter.info(runSummary(name, result), { event: "done", started: result.started });
    const json = {
      target: database.target,
      id: identity.id ?? null,
      command: line,
      started: result.started,
      recorded: identity.id !== undefined,
      exitStatus: result.started ? 0 : null,
      durationMs: result.duration ?? null,
    };
    reporter.result("RunResult", json, "");
    return 0;
  },
});

interface Identity {
  id: string | undefined;
  checksum: string | undefined;
}

/** The ID that the options give; undefined where nothing is recorded. @throws SluiceError SL4201, SL4203 to SL4205. */
async function identify(
  options: { id: string | undefined; fingerprint: string[]; record: boolean },
  words: readonly string[],
): Promise<Identity> {
  if (options.id !== undefined) checkRunId(options.id);
  if (options.id !== undefined && options.fingerprint.length > 0) throw new SluiceError("SL4204");
  if (!options.record) return { id: undefined, checksum: undefined };
  if (options.id !== undefined) return { id: options.id, checksum: undefined };
  if (options.fingerprint.length === 0) throw new SluiceError("SL4201");
  const { fingerprint } = await import("../engine/run/fingerprint.ts");
  return fingerprint(words, options.fingerprint);
}

/** @throws SluiceError SL4206 for what is no exit status of a failure. */
function exitStatuses(texts: readonly string[]): number[] {
  return texts
    .flatMap((text) => text.split(","))
    .map((text) => {
      const status = /^\s*\d{1,3}\s*$/.test(text) ? Number(text) : 0;
      if (status < 1 || status > 255) throw new SluiceError("SL4206", { params: { text: `"${text}"` } });
      return status;
    });
}
