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
  run: {
    summary: "run any command under the lock, once for each ID",
    load: async () => (await import("./run.ts")).command,
  },
  down: {
    summary: "revert applied migrations by their down parts",
    load: async () => (await import("./down.ts")).command,
  },
  baseline: {
    summary: "count everything up to a version as applied",
    load: async () => (await import("./baseline.ts")).command,
  },
  repair: {
    summary: "settle by hand what Sluice cannot know",
    load: async () => (await import("./repair.ts")).command,
  },
  wait: {
    summary: "hold until what a pod needs is there",
    load: async () => (await import("./wait.ts")).command,
  },
  inject: {
    summary: "put a gate into the pods of manifests",
    load: async () => (await import("./inject.ts")).command,
  },
  eject: {
    summary: "take the gates of `inject` out of manifests",
    load: async () => (await import("./eject.ts")).command,
  },
  check: {
    summary: "find what will go wrong in manifests, or in the rights of database accounts",
    load: async () => (await import("./check.ts")).command,
  },
  install: {
    summary: "copy this executable into a folder, for a container that has none",
    load: async () => (await import("./install.ts")).command,
  },
  demo: {
    summary: "show a roll-out on a PostgreSQL of its own",
    load: async () => (await import("./demo.ts")).command,
  },
};
