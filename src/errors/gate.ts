import type { ErrorEntry } from "../errors.ts";

/** SL50xx: the gate. */
export const gateErrors = {
  SL5001: {
    exit: 124,
    title: "The gate did not open in time",
    message: "not open after {timeout}: {reasons}",
    hint: "Look at the reason. In a pod leave --timeout away: a gate that ends makes the kubelet restart it with growing pauses.",
    page: "`--timeout` bounds the wait, for scripts and CI. Without it a gate ends only when it opens, on wrong usage, or by a signal. The last reason of each target that did not hold is part of the message.",
  },
  SL5002: {
    exit: 2,
    title: "Nothing is required",
    message:
      "the gate would open at once: the directory holds no expand migration and no --require names one",
    hint: "Check --dir: an empty mount or a wrong path looks like this. Name versions with --require where the files are elsewhere.",
    page: "A gate asks for every expand migration of its directory and for what these require. An empty list would always be satisfied, so a volume that was not mounted would let pods start against an old schema. This is never taken as open.",
  },
  SL5003: {
    exit: 3,
    title: "What the gate waits for has failed",
    message: "{target} has failed: {reason}",
    hint: "Repair the migration and roll the repaired release out.",
    page: "With `--fail-fast` a gate ends when what it waits for has failed. Without it the gate stays closed and goes on looking: a repaired release may come.",
  },
  SL5004: {
    exit: 5,
    title: "The gate cannot open with this version of the application",
    message: "{target} does not fit: {reason}",
    hint: "Roll out the version of the application that belongs to the database, or restore the migration file.",
    page: "A required migration was applied from another text, or the database is past a migration marked `breaking` that this version does not know. With `--fail-fast` a gate ends on that; without it, it stays closed and goes on looking.",
  },
  SL5005: {
    exit: 2,
    title: "Unknown wait target",
    message: "{target} is nothing that sluice can wait for",
    hint: "{suggestion}",
    page: "`sluice wait` takes one or more targets. This version knows `schema`: every migration that the application needs is applied; and `run/ID`: the command that `sluice run --id ID` started has ended with exit status 0.",
  },
} as const satisfies Record<string, ErrorEntry>;
