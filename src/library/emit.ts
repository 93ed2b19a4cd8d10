import type { LockHolder as Holder } from "../databases/database.ts";
import type { EngineEvent } from "../engine/events.ts";
import { describeEvent } from "../report/progress.ts";
import type { EventListener, LockHolder, MigrateEvent, SluiceEvent } from "./events.ts";

/** Calls an application's listener; what goes wrong in it is a warning of the process and stops nothing. */
export function emitTo<E extends SluiceEvent>(listener: EventListener<E> | undefined): EventListener<E> {
  if (listener === undefined) return () => {};
  const call = async (event: E) => listener(event);
  return (event) => void call(event).catch(warn);
}

function warn(thrown: unknown): void {
  const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  process.emitWarning(`onEvent failed: ${reason}`, "SluiceWarning");
}

/** The public form of an engine's event; undefined for what no function of the library does. */
export function publicEvent(event: EngineEvent): MigrateEvent | undefined {
  const { level, text } = describeEvent(event);
  const common = { level, message: text };
  switch (event.type) {
    case "database-waiting":
      return { type: event.type, ...common, target: event.target, reason: event.reason };
    case "database-created":
      return { type: event.type, ...common, target: event.target };
    case "ahead":
      return { type: event.type, ...common, versions: [...event.versions] };
    case "lock-taken":
      return { type: event.type, ...common, waitedMs: Math.round(event.waited) };
    case "lock-waiting": {
      const holder = event.holder && publicHolder(event.holder);
      return { type: event.type, ...common, holder, waitedMs: Math.round(event.waited) };
    }
    case "orphan-ended":
      return { type: event.type, ...common, holder: publicHolder(event.holder) };
    case "applying": {
      const { statements, resumed } = event;
      return {
        type: event.type,
        ...common,
        migration: nameOf(event.migration),
        statements,
        resumedAfter: resumed,
      };
    }
    case "progress":
      return { type: event.type, ...common, migration: nameOf(event.migration), progress: event.text };
    case "retrying": {
      const { reason, blockers, delay } = event.retry;
      const migration = nameOf(event.migration);
      return { type: event.type, ...common, migration, reason, blockers: [...blockers], delayMs: delay };
    }
    case "applied":
      return {
        type: event.type,
        ...common,
        migration: nameOf(event.migration),
        durationMs: event.duration,
      };
    case "connection-lost":
      return { type: event.type, ...common };
    case "reverting":
    case "reverted":
      return undefined;
    default:
      // A new event of the engine has to be translated here; the compiler says so.
      event satisfies never;
      return undefined;
  }
}

function nameOf({ version, name }: { version: string; name: string }): { version: string; name: string } {
  return { version, name };
}

function publicHolder(holder: Holder): LockHolder {
  const { pid, application, address, since, query, orphan } = holder;
  return { pid, application, address, since, statement: query, orphan };
}
