import { formatDuration } from "../cli/duration.ts";
import type { EngineEvent, Listener } from "../engine/events.ts";
import type { Reporter } from "./reporter.ts";

/** Turns what happens during a run into lines on standard error. */
export function engineListener(reporter: Reporter): Listener {
  return (event) => {
    const { level, text, fields } = describe(event);
    reporter[level](text, { event: event.type, ...fields });
  };
}

interface Line {
  level: "info" | "warn" | "debug";
  text: string;
  fields?: Record<string, string | number | boolean>;
}

function describe(event: EngineEvent): Line {
  switch (event.type) {
    case "database-waiting":
      return { level: "info", text: `waiting for ${event.target}: ${event.reason}` };
    case "database-created":
      return { level: "info", text: `created the database of ${event.target}` };
    case "ahead":
      return {
        level: "warn",
        text: `the database is ahead of these files: ${event.versions.join(", ")} applied and unknown here`,
      };
    case "lock-taken":
      return { level: "debug", text: `took the runner lock after ${formatDuration(event.waited)}` };
    case "lock-waiting": {
      const { holder } = event;
      if (holder === undefined) return { level: "info", text: "waiting for the runner lock" };
      const from = holder.address === undefined ? "" : ` from ${holder.address}`;
      const since = holder.since === undefined ? "" : `, connected since ${holder.since.toISOString()}`;
      const runs = holder.query === undefined ? "" : `; last statement: ${oneLine(holder.query)}`;
      return {
        level: "info",
        text: `waiting for the runner lock, held by pid ${holder.pid} (${holder.application})${from}${since}${runs}`,
        fields: { pid: holder.pid, application: holder.application },
      };
    }
    case "applying": {
      const { version, name } = event.migration;
      const statements = `${event.statements} statement${event.statements === 1 ? "" : "s"}`;
      const text =
        event.resumed === undefined
          ? `applying ${version} ${name} (${statements})`
          : `continuing ${version} ${name} behind statement ${event.resumed} of ${event.statements}`;
      return { level: "info", text, fields: { version, name } };
    }
    case "retrying": {
      const { reason, blockers, delay } = event.retry;
      const who = blockers.length === 0 ? "" : `; in the way: ${blockers.join("; ")}`;
      return {
        level: "warn",
        text: `${event.migration.version}: ${reason}, rolled back${who}; trying again in ${formatDuration(delay)}`,
        fields: { version: event.migration.version },
      };
    }
    case "applied": {
      const { version, name } = event.migration;
      return {
        level: "info",
        text: `applied ${version} ${name} in ${formatDuration(event.duration)}`,
        fields: { version, name, durationMs: event.duration },
      };
    }
    case "connection-lost":
      return { level: "warn", text: "the connection to the database was lost; connecting again" };
  }
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 97)}...` : line;
}
