import type { Option } from "../cli/option.ts";
import { defaultImage } from "../manifests/default-image.ts";
import { writeOption } from "./manifest-options.ts";

/**
 * The options of `sluice inject`. None of them is taken from a variable or a file: the output follows from the input
 * and the command line alone, and `SLUICE_WAIT` means something else to other commands.
 */
export const injectOptions = [
  {
    name: "wait",
    key: "targets",
    type: "list",
    placeholder: "TARGET",
    scope: "flag",
    summary: "what the gate waits for, as in `sluice wait` (repeatable; default schema)",
  },
  { name: "job", type: "string", placeholder: "NAME", scope: "flag", summary: "the same as --wait job/NAME" },
  {
    name: "arg",
    type: "list",
    placeholder: "ARG",
    scope: "flag",
    summary: "another argument of `sluice wait`, as --arg=--require=42 (repeatable)",
  },
  {
    name: "image",
    type: "string",
    placeholder: "IMAGE",
    default: defaultImage,
    scope: "flag",
    summary: "image of the gate",
  },
  {
    name: "pull-policy",
    type: "choice",
    choices: ["Always", "IfNotPresent", "Never"],
    scope: "flag",
    summary: "imagePullPolicy of the gate",
  },
  {
    name: "command",
    type: "string",
    placeholder: "PATH",
    scope: "flag",
    summary: "where sluice is in an image whose entrypoint it is not",
  },
  {
    name: "user",
    type: "string",
    placeholder: "NUMBER",
    scope: "flag",
    summary: "runAsUser of the gate, for an image whose user is root or has no number",
  },
  {
    name: "container-name",
    type: "string",
    placeholder: "NAME",
    default: "sluice-gate",
    scope: "flag",
    summary: "name of the gate's container",
  },
  {
    name: "position",
    type: "string",
    placeholder: "first|last|after:NAME",
    default: "first",
    scope: "flag",
    summary: "place among the init containers",
  },
  {
    name: "url-secret",
    type: "string",
    placeholder: "NAME:KEY",
    scope: "flag",
    summary: "key of a Secret that holds the database's URL",
  },
  {
    name: "env-from",
    type: "list",
    placeholder: "KIND/NAME",
    scope: "flag",
    summary: "secret/NAME or configmap/NAME whose keys become variables (repeatable)",
  },
  {
    name: "env",
    type: "list",
    placeholder: "KEY=VALUE",
    secret: true,
    scope: "flag",
    summary: "variable of the gate (repeatable)",
  },
  {
    name: "env-of",
    type: "string",
    placeholder: "CONTAINER",
    scope: "flag",
    summary:
      "container whose database variables the gate gets too; none: of none; default: the first, unless one of the three above is given",
  },
  {
    name: "files-from",
    type: "string",
    placeholder: "KIND/NAME",
    scope: "flag",
    summary: "configmap/NAME, secret/NAME or volume/NAME with the migration files, for schema",
  },
  {
    name: "service-account-token",
    type: "boolean",
    scope: "flag",
    summary: "mount a token in the gate only, where a target is asked of the API server",
  },
  {
    name: "only",
    type: "list",
    placeholder: "KIND/NAME",
    scope: "flag",
    summary: "only these workloads: deployment/api, deployment, api, */web-* (repeatable)",
  },
  {
    name: "skip",
    type: "list",
    placeholder: "KIND/NAME",
    scope: "flag",
    summary: "not these workloads (repeatable)",
  },
  writeOption,
] as const satisfies readonly Option[];
