import type { GateFigures } from "./figures.ts";
import type { Child } from "./program.ts";
import { environment, type Release, type Stage } from "./stage.ts";

/** A gate, and what is known of it. */
export interface Gate {
  child: Child;
  /** Counts from 1. */
  number: number;
  /** Why it is closed, as it said last. */
  reason: string | undefined;
  /** Resolves when it says that what it waits for has failed, and when it ends. */
  sawFailure: Promise<void>;
  /** By our clock, in milliseconds since 1970. */
  openedAt: number | undefined;
  /** It is being ended, because its release is taken back. */
  ending: boolean;
}

/** Starts a gate: what holds a new replica back, with the application's account. */
export function startGate(stage: Stage, { version, migration }: Release, number: number): Gate {
  const name = `gate ${number}`;
  stage.board.gates[number - 1] = "closed";
  let noteFailure = () => {};
  const sawFailure = new Promise<void>((resolve) => {
    noteFailure = resolve;
  });
  const child = stage.program.start({
    name,
    // In a pod it would have no time-out; here none must be left when the demo itself was killed.
    args: ["wait", "schema", "--dir", version, "--timeout", "60s", "-o", "json"],
    env: environment(stage, stage.blog.appUrl, version, name),
    onLine(line) {
      const reason = /^waiting for schema: (.*)/.exec(line)?.[1];
      if (reason === undefined) return stage.screen.line(name, line);
      gate.reason = reason;
      stage.screen.line(name, `closed: ${shorten(reason)}`);
      if (reason.includes(`${migration.name} failed`)) noteFailure();
    },
  });
  void child.ended.then(noteFailure);
  const gate: Gate = { child, number, reason: undefined, sawFailure, openedAt: undefined, ending: false };
  return gate;
}

/** Notes that a gate has let its replica through. Takes the time, in milliseconds since 1970. */
export function noteOpen(stage: Stage, gate: Gate, at: number): void {
  gate.openedAt = at;
  stage.board.gates[gate.number - 1] = "open";
  stage.screen.line(gate.child.name, "open");
}

/** Ends the gates that are still closed, as Kubernetes ends the pods of a release that another one follows. */
export async function takeBack(stage: Stage, { version }: Release, gates: readonly Gate[]): Promise<void> {
  const closed = gates.filter(({ child }) => child.running());
  for (const gate of closed) gate.ending = true;
  await Promise.all(closed.map(({ child }) => child.stop()));
  if (closed.length > 0)
    stage.screen.line(`app ${version}`, `taken back: its ${closed.length} gates are ended, still closed`);
}

/** What was measured of a gate, before it is taken back. Takes the time of the commit, if there was one. */
export function gateFigures({ child, reason, openedAt }: Gate, committedAt: number | undefined): GateFigures {
  return {
    name: child.name,
    state: openedAt === undefined && child.running() ? "closed" : "open",
    openedAfterCommitMs: openedAt !== undefined && committedAt !== undefined ? openedAt - committedAt : null,
    reason: reason ?? null,
  };
}

/** There is one migration a release here, so how many are applied says nothing new. */
function shorten(reason: string): string {
  return reason.replace(/; \d+ of \d+ required migrations are applied$/, "");
}
