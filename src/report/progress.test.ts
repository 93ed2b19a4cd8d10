import { expect, test } from "bun:test";
import { migration } from "../../test/support/rows.ts";
import type { EngineEvent } from "../engine/events.ts";
import { engineListener } from "./progress.ts";
import type { Reporter } from "./reporter.ts";

/** What one event becomes: level, text, fields. */
function said(event: EngineEvent): [string, string, unknown] | undefined {
  let line: [string, string, unknown] | undefined;
  const keep = (level: string) => (text: string, fields: unknown) => {
    line = [level, text, fields];
  };
  const reporter = { info: keep("info"), warn: keep("warn"), debug: keep("debug") };
  engineListener(reporter as unknown as Reporter)(event);
  return line;
}

const file = migration("7");
const holder = {
  pid: 12,
  application: "sluice:pod",
  orphan: false,
  address: "10.0.0.1",
  since: new Date("2026-01-02T03:04:05Z"),
  query: `create index\n  on a (${"x, ".repeat(60)}y)`,
};

test.each<[EngineEvent, string, string]>([
  [{ type: "database-waiting", target: "a@h/d", reason: "refused" }, "info", "waiting for a@h/d: refused"],
  [{ type: "database-created", target: "a@h/d" }, "info", "created the database of a@h/d"],
  [
    { type: "ahead", versions: ["8", "9"] },
    "warn",
    "the database is ahead of these files: 8, 9 applied and unknown here",
  ],
  [{ type: "lock-taken", waited: 1500 }, "debug", "took the runner lock after 1.5s"],
  [{ type: "lock-waiting", holder: undefined, waited: 1 }, "info", "waiting for the runner lock"],
  [
    { type: "orphan-ended", holder },
    "warn",
    "ended pid 12 (sluice:pod), whose runner is gone and whose statement still ran",
  ],
  [
    { type: "applying", migration: file, statements: 1, resumed: undefined },
    "info",
    "applying 7 step_7 (1 statement)",
  ],
  [
    { type: "applying", migration: file, statements: 3, resumed: 2 },
    "info",
    "continuing 7 step_7 behind statement 2 of 3",
  ],
  [
    {
      type: "retrying",
      migration: file,
      retry: { reason: "lock timeout", delay: 200, blockers: ["pid 3", "pid 4"] },
    },
    "warn",
    "7: lock timeout, rolled back; in the way: pid 3; pid 4; trying again in 200ms",
  ],
  [
    { type: "retrying", migration: file, retry: { reason: "deadlock", delay: 1000, blockers: [] } },
    "warn",
    "7: deadlock, rolled back; trying again in 1s",
  ],
  [{ type: "applied", migration: file, duration: 40 }, "info", "applied 7 step_7 in 40ms"],
  [
    { type: "connection-lost", migration: undefined },
    "warn",
    "the connection to the database was lost; connecting again",
  ],
])("%j", (event, level, text) => {
  expect(said(event)?.slice(0, 2)).toEqual([level, text]);
  expect(said(event)?.[2]).toMatchObject({ event: event.type });
});

test("who holds the lock, since when, and the beginning of what it runs on one line", () => {
  const [level, text, fields] = said({ type: "lock-waiting", holder, waited: 1 }) ?? ["", "", {}];
  expect(level).toBe("info");
  expect(text).toStartWith(
    "waiting for the runner lock, held by pid 12 (sluice:pod) from 10.0.0.1, connected since 2026-01-02T03:04:05.000Z; last statement: create index on a (x, ",
  );
  expect(text).toEndWith("...");
  expect(text).not.toContain("\n");
  expect(text.length).toBeLessThan(240);
  expect(fields).toEqual({ event: "lock-waiting", pid: 12, application: "sluice:pod" });
});

test("a holder whose runner is gone is said to be one", () => {
  const event = { type: "lock-waiting", holder: { ...holder, orphan: true }, waited: 1 } as const;
  expect(said(event)?.[1]).toContain("its runner seems to be gone, the statement still runs");
});
