import { clusterOptions } from "../cli/global-options.ts";
import type { Option } from "../cli/option.ts";

/** Options of `check --database`. */
export const accountOptions = [
  {
    name: "account",
    type: "string",
    placeholder: "ROLE",
    summary: "--database: the application's account, where the URL is another's",
  },
  {
    name: "migrator",
    type: "string",
    placeholder: "ROLE",
    summary: "--database: role that owns the schema; else the owners of its tables",
  },
  {
    name: "schema",
    key: "schemas",
    type: "list",
    placeholder: "NAME",
    summary: "--database: schema that the application works in (repeatable); else those of its search_path",
  },
  {
    name: "wait",
    type: "duration",
    default: "0",
    summary: "--database: wait this long for a database that cannot be reached yet",
  },
] as const satisfies readonly Option[];

/** Options of `check` for manifests. */
export const manifestCheckOptions = [
  {
    name: "helm-timeout",
    type: "duration",
    summary: "manifests: the --timeout that helm will be given; 5m is Helm's own",
  },
  { name: "live", type: "boolean", scope: "flag", summary: "look at what stands in a namespace; so does -n" },
  ...clusterOptions,
] as const satisfies readonly Option[];

export const checkOptions = [
  { name: "database", type: "boolean", scope: "flag", summary: "look at the accounts of the database" },
  ...manifestCheckOptions,
  ...accountOptions,
  {
    name: "accept",
    type: "list",
    placeholder: "CODE[=OBJECT]",
    summary: "finding that is meant to be so (repeatable)",
  },
] as const satisfies readonly Option[];
