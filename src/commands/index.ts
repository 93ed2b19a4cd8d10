import type { Commands } from "../cli/command.ts";

/** All commands, in the order of the help. A new one is a file in this folder and a line here. */
export const commands: Commands = {
  new: { summary: "create an empty migration file", load: async () => (await import("./new.ts")).command },
  migrate: {
    summary: "apply pending migrations under a lock",
    load: async () => (await import("./migrate.ts")).command,
  },
  status: {
    summary: "show which migrations are applied, pending or failed",
    load: async () => (await import("./status.ts")).command,
  },
  wait: {
    summary: "hold until what a pod needs is there",
    load: async () => (await import("./wait.ts")).command,
  },
};
