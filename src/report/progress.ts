import type { EngineEvent, Listener } from "../engine/events.ts";
import { formatDuration } from "../text/duration.ts";
import type { Reporter } from "./reporter.ts";

/** Turns what happens during a run into lines on standard error. */
export function engineListener(reporter: Reporter): Listener {
  return (event) => {
    const { level, text, fields } = describeEvent(event);
    reporter[level](text, { event: event.type, ...fields });
  };
}

export interface Line {
  level: "info" | "warn" | "debug";
  text: string;
  fields?: Record<string, string | number | boolean>;
}

/** The line for an event, and the fields that it has beside the text. */
export function describeEvent(event: EngineEvent): Line {
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
        text: `waiting for the runner lock, held by pid ${holder.pid} (${holder.application})${from}${since}${runs}${event.holder?.orphan ? "; its runner seems to be gone, the statement still runs (--orphans cancel ends it)" : ""}`,
        fields: { pid: holder.pid, application: holder.application },
      };
    }
    case "orphan-ended":
      return {
        level: "warn",
        text: `ended pid ${event.holder.pid} (${event.holder.application}), whose runner is gone and whose statement still ran`,
        fields: { pid: event.holder.pid },
      };
    case "applying": {
      const { version, name } = event.migration;
      const statements = `${event.statements} statement${event.statements === 1 ? "" : "s"}`;
      const text =
        event.resumed === undefined
          ? `applying ${version} ${name} (${statements})`
          : `continuing ${version} ${name} behind statement ${event.resumed} of ${event.statements}`;
      return { level: "info", text, fields: { version, name } };
    }
    case "progress":
      return {
        level: "info",
        text: `${event.migration.version}: still running: ${event.text}`,
        fields: { version: event.migration.version },
      };
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
    case "reverting":
      return reverting(event);
    case "reverted": {
      const { version, name } = event.migration;
      const text = `reverted ${version} ${name} in ${formatDuration(event.duration)}`;
      return { level: "info", text, fields: { version, name, durationMs: event.duration } };
    }
    case "connection-lost":
      return { level: "warn", text: "the connection to the database was lost; connecting again" };
  }
}

function reverting(event: Extract<EngineEvent, { type: "reverting" }>): Line {
  const { version, name } = event.migration;
  const statements = `${event.statements} statement${event.statements === 1 ? "" : "s"}`;
  const from = event.from === "history" ? ", from the history" : "";
  const begun =
    event.resumed === undefined
      ? `reverting ${version} ${name} (${statements}${from})`
      : `continuing to revert ${version} ${name} behind statement ${event.resumed} of ${event.statements}`;
  const fields = { version, name, from: event.from };
  if (!event.changed) return { level: "info", text: begun, fields };
  return { level: "warn", text: `${begun}: its file was changed after it was applied`, fields };
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 97)}...` : line;
}
