import { clusterOptions, databaseOptions } from "../cli/global-options.ts";
import type { Option } from "../cli/option.ts";

/** The options of `sluice wait`. */
export const waitOptions = [
  ...databaseOptions,
  {
    name: "require",
    type: "list",
    placeholder: "VERSION",
    summary: "schema: wait for exactly these versions (repeatable)",
  },
  { name: "timeout", type: "duration", summary: "give up after this long, with exit 124" },
  { name: "fail-fast", type: "boolean", summary: "end when what is awaited has failed, with exit 3" },
  { name: "jitter", type: "duration", summary: "when all is there, pause at random for up to this long" },
  {
    name: "logs",
    type: "boolean",
    scope: "flag",
    summary: "job/NAME: print the logs of its pods as they are written",
  },
  {
    name: "selector",
    short: "l",
    type: "list",
    placeholder: "SELECTOR",
    scope: "flag",
    summary: "labels of `job` or `pod` without a name: one for all, or one for each in order",
  },
  {
    name: "identity",
    type: "list",
    placeholder: "KEY=VALUE",
    summary: "label or annotation that job, pod or pod template must have (repeatable)",
  },
  {
    name: "for",
    type: "string",
    placeholder: "WHAT",
    scope: "flag",
    summary: "delete, or condition=TYPE[=STATUS], instead of the target's own rule",
  },
  ...clusterOptions,
  {
    name: "status",
    type: "string",
    placeholder: "LIST",
    summary: "http(s): statuses that open it, such as 200,204,300-399 (default 200-399)",
  },
  {
    name: "header",
    type: "list",
    placeholder: "HEADER",
    secret: true,
    scope: "flag",
    summary: "http(s): 'NAME: VALUE' to send, to the target's own host only (repeatable)",
  },
  {
    name: "ca-file",
    type: "string",
    placeholder: "FILE",
    summary: "https: certificate authorities to verify the server with",
  },
  {
    name: "insecure-skip-tls-verify",
    type: "boolean",
    scope: "flag",
    summary: "https: do not verify the server",
  },
] as const satisfies readonly Option[];
