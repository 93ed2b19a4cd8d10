import type { Option } from "./option.ts";

/** Options of every command. */
export const globalOptions = [
  {
    name: "config",
    type: "string",
    placeholder: "FILE",
    default: "sluice.yaml",
    scope: "environment",
    summary: "file with settings; must exist if named",
  },
  {
    name: "env-file",
    type: "list",
    placeholder: "FILE",
    scope: "environment",
    summary: "file of KEY=VALUE lines, for variables that are not set (repeatable)",
  },
  {
    name: "output",
    short: "o",
    type: "choice",
    choices: ["text", "json"],
    default: "text",
    summary: "form of the result on standard output",
  },
  {
    name: "log-format",
    type: "choice",
    choices: ["text", "json"],
    default: "text",
    summary: "form of the lines on standard error",
  },
  { name: "quiet", short: "q", type: "boolean", summary: "only warnings and errors on standard error" },
  { name: "verbose", short: "v", type: "boolean", summary: "more on standard error" },
  { name: "color", type: "boolean", default: true, summary: "no colours, also on a terminal" },
  { name: "help", short: "h", type: "boolean", scope: "flag", summary: "show this help" },
  { name: "version", type: "boolean", scope: "flag", summary: "show the version" },
] as const satisfies readonly Option[];

export type GlobalOptions = typeof globalOptions;

/** Options that commands share; each lists those that it takes. */
export const urlOption = {
  name: "url",
  type: "string",
  placeholder: "URL",
  secret: true,
  summary: "the database; a password in it can be seen in the process list",
} as const satisfies Option;

export const dirOption = {
  name: "dir",
  type: "list",
  placeholder: "FOLDER",
  default: ["migrations"],
  summary: "folder of migration files (repeatable)",
} as const satisfies Option;

export const historyOptions = [
  {
    name: "history-schema",
    type: "string",
    placeholder: "NAME",
    default: "public",
    summary: "schema of the history table",
  },
  {
    name: "history-table",
    type: "string",
    placeholder: "NAME",
    default: "sluice_history",
    summary: "name of the history table",
  },
] as const satisfies readonly Option[];

/** All of the above, for a command that reads files and talks to the database. */
export const databaseOptions = [urlOption, dirOption, ...historyOptions] as const satisfies readonly Option[];

/** How the API server is reached, for commands that ask it. */
export const clusterOptions = [
  {
    name: "namespace",
    short: "n",
    type: "string",
    placeholder: "NAME",
    scope: "environment",
    summary: "namespace; default: the pod's own, or the context's",
  },
  {
    name: "context",
    type: "string",
    placeholder: "NAME",
    scope: "environment",
    summary: "context of the kubeconfig",
  },
  {
    name: "kubeconfig",
    type: "string",
    placeholder: "FILE",
    scope: "environment",
    summary: "kubeconfig; default: KUBECONFIG, ~/.kube/config, the pod's own account",
  },
] as const satisfies readonly Option[];
