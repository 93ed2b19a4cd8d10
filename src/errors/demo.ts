import type { ErrorEntry } from "../errors.ts";

/** SL605x: the demo. */
export const demoErrors = {
  SL6050: {
    exit: 70,
    title: "A part of the demo failed",
    message: "{part} of the demo failed: {reason}",
    hint: "run it again; report it with the lines above where it fails again",
    page: `The demo starts a PostgreSQL server, runs Sluice itself as runner and gate in processes of its own, and serves a small
blog from within. All of them are ended, and their files are removed, as soon as one of them does what it should not: a
process was killed from outside (by a limit on memory, say), or a replica could not reach the server.`,
  },
  SL6051: {
    exit: 1,
    title: "The demo did not show what it should",
    message: "the figures are not what they should be: {problems}",
    hint: "run it again on a machine that is less busy; report it where it happens again",
    page: `The figures at the end of the demo are measured, not written down beforehand: rows of the history, an effect in the
data, the time at which each gate opened beside the time of the commit, every answer that a reader got. When one of them
is not what Sluice promises (a migration applied other than once, a gate open before the commit, a request that failed),
the demo says which, and ends with exit status 1.`,
  },
  SL6052: {
    exit: 124,
    title: "The demo took too long",
    message: "the demo was not finished after {seconds} s",
    hint: "run it again on a machine that is less busy; it takes about 15 s where two processors are free",
    page: `The demo ends by itself within a minute, whatever happens. On a machine that is very busy, or stopped in
between (a laptop that was closed), the time runs out; everything that it started is ended, and its files are removed.`,
  },
} as const satisfies Record<string, ErrorEntry>;
