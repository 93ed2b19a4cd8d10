import { setTimeout as sleep } from "node:timers/promises";
import { readFacts } from "./blog.ts";
import type { ReleaseFigures, RunnerFigures } from "./figures.ts";
import { type Gate, gateFigures, noteOpen, startGate, takeBack } from "./gates.ts";
import { type Replica, startReplica } from "./replica.ts";
import { runRunners } from "./runners.ts";
import { type Release, type Stage, serve, unexpected, withdraw } from "./stage.ts";

/** Numbers of the replicas of each version. */
export const REPLICAS = [1, 2, 3, 4];

/** How long the readers go on when a release is through, in milliseconds. */
const HOLD = 900;

/**
 * Rolls a release out as a deployment does: runners and gates at once, each replica when its gate is open, the old
 * replicas away when the new ones are ready. A broken release stops before that.
 * @param layout value of the counter in the data before it.
 * @throws SluiceError SL6050 where a process or a replica does not what it should.
 */
export async function rollOut(stage: Stage, release: Release, layout: number): Promise<ReleaseFigures> {
  const { version, previous, migration, broken } = release;
  stage.signal.throwIfAborted();
  const requests = stage.load.next();
  stage.board.migration = migration.version;
  const running = runRunners(stage, release);
  const gates = REPLICAS.map((number) => startGate(stage, release, number));
  const runners = await (broken ? stopped : completed)(stage, release, running, gates);
  await sleep(HOLD, undefined, { signal: stage.signal });
  const facts = await readFacts(stage.blog, migration.version, layout);
  const figures: ReleaseFigures = {
    version,
    migration: `${migration.version}_${migration.name}`,
    broken,
    appliedRows: facts.appliedRows,
    effects: facts.effects,
    appliedBy: facts.appliedBy?.replace("-", " ") ?? null,
    state: facts.state ?? null,
    error: facts.error ?? null,
    runners,
    gates: gates.map((gate) => gateFigures(gate, facts.committedAt)),
    previous,
    requests,
  };
  await takeBack(stage, release, gates);
  return figures;
}

/** The way of a good release: all gates open, all replicas are replaced, all runners have ended. */
async function completed(
  stage: Stage,
  release: Release,
  running: Promise<RunnerFigures[]>,
  gates: readonly Gate[],
): Promise<RunnerFigures[]> {
  const replaced = Promise.all(gates.map((gate) => behindGate(stage, release, gate))).then((fresh) =>
    replace(stage, release.version, fresh),
  );
  const [runners] = await Promise.all([running, replaced]);
  return runners;
}

/** The way of a broken one: all runners have failed, and all gates have seen it. One that opens is only noted. */
async function stopped(
  stage: Stage,
  { previous }: Release,
  running: Promise<RunnerFigures[]>,
  gates: readonly Gate[],
): Promise<RunnerFigures[]> {
  const watched = gates.map(async (gate) => {
    const { status, at } = await gate.child.ended;
    if (gate.ending || stage.signal.aborted) return;
    if (status !== 0) throw await unexpected(stage, gate.child.name, status);
    noteOpen(stage, gate, at);
  });
  const wrongEnd = new Promise<never>((_, reject) => {
    for (const one of watched) one.catch(reject);
  });
  const seen = Promise.all([running, ...gates.map(({ sawFailure }) => sawFailure)]);
  const [runners] = await Promise.race([seen, wrongEnd]);
  stage.screen.line(`app ${previous}`, "serves on: nothing of the new version has started");
  return runners;
}

/** Starts a replica as soon as its gate has ended with 0. */
async function behindGate(stage: Stage, { version }: Release, gate: Gate): Promise<Replica> {
  const { status, at } = await gate.child.ended;
  stage.signal.throwIfAborted();
  if (status !== 0) throw await unexpected(stage, gate.child.name, status);
  noteOpen(stage, gate, at);
  const replica = await startReplica(version, `app ${version}-${gate.number}`, stage.blog.connect);
  stage.signal.throwIfAborted();
  serve(stage, replica);
  stage.screen.line(`app ${version}`, `replica ${gate.number} is ready and serves`);
  return replica;
}

/** Stops the replicas that served before: first no new requests, then the last answers, then the end. */
async function replace(stage: Stage, version: string, fresh: Replica[]): Promise<void> {
  const old = stage.serving;
  stage.serving = fresh;
  stage.screen.line(`app ${version}`, `all ${fresh.length} replicas are ready: the old ones may go`);
  for (const replica of old) {
    await withdraw(stage, replica);
    await replica.stop();
  }
  const before = `app ${old[0]?.version}`;
  stage.screen.line(before, `its ${old.length} replicas have given their last answers and stopped`);
}
