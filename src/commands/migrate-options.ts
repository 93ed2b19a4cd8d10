import type { Option } from "../cli/option.ts";

/** Options of the commands that take the runner lock. */
export const runnerOptions = [
  {
    name: "wait",
    type: "duration",
    default: "0",
    summary: "wait this long for a database that cannot be reached yet",
  },
  {
    name: "lock-wait",
    type: "duration",
    default: "15m",
    summary: "wait this long for another runner",
  },
  {
    name: "lock-timeout",
    type: "duration",
    default: "2s",
    min: 1,
    summary: "all lock waits of one file may add up to this, then it is rolled back and tried again",
  },
  {
    name: "lock-budget",
    type: "duration",
    default: "5m",
    summary: "go on trying this long when locks are in the way",
  },
  {
    name: "statement-timeout",
    type: "duration",
    default: "0",
    summary: "longest time for one statement; 0 is no bound",
  },
  {
    name: "create-database",
    type: "boolean",
    summary: "create the database if it is missing",
  },
  {
    name: "grant",
    key: "readers",
    type: "list",
    placeholder: "ROLE",
    summary: "role that may read the history, for gates (repeatable)",
  },
  {
    name: "grace",
    type: "duration",
    default: "20s",
    summary: "after SIGTERM or SIGINT: let the statement in flight finish for this long, then cancel it",
  },
  {
    name: "orphans",
    type: "choice",
    choices: ["wait", "cancel"],
    default: "wait",
    summary: "what to do with the statement of a runner that is gone (for 5 s) and that still holds the lock",
  },
  {
    name: "lock",
    type: "choice",
    choices: ["session", "lease"],
    default: "session",
    summary: "lease: a row instead of a session's lock, for poolers in transaction mode",
  },
  {
    name: "lease",
    type: "duration",
    default: "30s",
    summary: "a lease without a sign of life for this long may be taken over",
  },
  {
    name: "pooler",
    type: "choice",
    choices: ["session"],
    summary: "session: the pooler in between keeps one backend for each client",
  },
  {
    name: "role",
    type: "string",
    placeholder: "NAME",
    summary: "role to run as (SET ROLE), which then owns what is made",
  },
] as const satisfies readonly Option[];
