import type { RunEvent, RunResult } from "../engine/run/run.ts";
import { formatDuration } from "../text/duration.ts";
import type { Reporter } from "./reporter.ts";

/** Turns what happens to a foreign command into lines on standard error. Takes what the run is called. */
export function runListener(reporter: Reporter, name: string, line: string): (event: RunEvent) => void {
  return (event) => {
    switch (event.type) {
      case "starting": {
        if (event.left !== undefined) {
          const since = event.left.startedAt?.toISOString() ?? "an unknown time";
          const why = event.left.error ?? "its end is not recorded";
          reporter.warn(`${name}: the try of ${since} did not finish (${why}); it is started again`);
        }
        return reporter.info(`${name}: starting ${line}`, { event: "starting" });
      }
      case "leftover":
        return reporter.warn(
          `${name}: the command has ended, but processes that it started still run; ending them`,
        );
      case "lost":
        return reporter.warn(`${name}: ${event.reason}; ending the command`, { event: "lost" });
    }
  };
}

/** The line on standard error that says how it ended well. */
export function runSummary(name: string, result: RunResult): string {
  if (result.started) return `${name}: done in ${formatDuration(result.duration ?? 0)}`;
  const at = result.doneAt === undefined ? "" : ` at ${result.doneAt.toISOString()}`;
  return `${name}: done already${at}; not started`;
}
