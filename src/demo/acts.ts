import { setTimeout as sleep } from "node:timers/promises";
import { checkPrivileges, readProgress } from "./blog.ts";
import type { DemoFigures, ReleaseFigures } from "./figures.ts";
import { releaseFiles, writeRelease } from "./files.ts";
import { RATE, startLoad } from "./load.ts";
import { startReplica } from "./replica.ts";
import { REPLICAS, rollOut } from "./rollout.ts";
import { startRunner } from "./runners.ts";
import type { Summary } from "./screen.ts";
import { createService } from "./service.ts";
import { type Stage, serve, unexpected } from "./stage.ts";

/** What the acts start with: an empty database, an empty folder. */
export type Setting = Pick<Stage, "folder" | "blog" | "program" | "screen" | "signal">;

/** Plays all acts and measures them. Leaves processes and files to the caller. @throws SluiceError SL6050. */
export async function play(setting: Setting): Promise<Pick<DemoFigures, "releases" | "requests">> {
  const { blog, folder, screen, signal } = setting;
  for (const release of Object.keys(releaseFiles)) writeRelease(folder, release);
  const stage = await firstVersion(setting);
  const eyes = await blog.connect("demo");
  const poll = setInterval(async () => {
    const { board } = stage;
    if (board.migration === undefined) return;
    board.progress = await readProgress(eyes, board.migration).catch(() => board.progress);
  }, 250);
  try {
    screen.summarise(() => summary(stage));
    await sleep(1_000, undefined, { signal });
    const releases = await threeReleases(stage);
    await stage.load.stop();
    return { releases, requests: stage.load.total };
  } finally {
    clearInterval(poll);
    // What is under way when the demo is interrupted ends with the process.
    if (!signal.aborted) await Promise.all([eyes.close(), ...stage.serving.map((replica) => replica.stop())]);
  }
}

/** The version that serves before the first release: its schema, its replicas, and readers from then on. */
async function firstVersion(setting: Setting): Promise<Stage> {
  const { blog, screen, signal } = setting;
  screen.act(
    "1. Version 1 serves",
    `Four replicas of the blog, ${RATE} requests a second. Their database account cannot change the schema.`,
  );
  const runner = startRunner(setting, "v1", "runner", (line) => screen.line("runner", line));
  const { status } = await runner.ended;
  signal.throwIfAborted();
  if (status !== 0) throw await unexpected(setting, "the first runner", status);
  await checkPrivileges(blog);
  const serving = await Promise.all(
    REPLICAS.map((number) => startReplica("v1", `app v1-${number}`, blog.connect)),
  );
  const service = createService();
  const board = { replicas: new Map<string, number>(), gates: [], migration: undefined, progress: "" };
  const ready = { ...setting, service, serving, board };
  for (const replica of serving) serve(ready, replica);
  signal.throwIfAborted();
  screen.line("app v1", `${serving.length} replicas are ready and serve`);
  return { ...ready, load: startLoad(service) };
}

async function threeReleases(stage: Stage): Promise<ReleaseFigures[]> {
  const { screen } = stage;
  const categories = { version: "2", name: "add_categories" };
  const tags = { version: "3", name: "add_tags" };
  screen.act(
    "2. Release v2, with a migration that takes a few seconds",
    "Three runners start at once: one applies it, the others wait. Four new replicas stand behind gates, which open after the commit and not before. Version 1 serves meanwhile.",
  );
  const second = { version: "v2", previous: "v1", migration: categories, broken: false };
  const seconds = await rollOut(stage, second, 1);
  screen.act(
    "3. Release v3, with a mistake in its migration",
    "The runners fail and say why, nothing of it stays, the gates remain closed, and version 2 serves on.",
  );
  const third = { version: "v3", previous: "v2", migration: tags, broken: true };
  const thirds = await rollOut(stage, third, 2);
  screen.act(
    "4. Release v3.1, with the mistake corrected",
    "The same migration with the right column name: nothing had to be cleaned up before.",
  );
  const corrected = { ...third, version: "v3.1", broken: false };
  return [seconds, thirds, await rollOut(stage, corrected, 2)];
}

function summary({ board, load }: Stage): Summary[] {
  const { served, failed, highestLatencyMs } = load.total;
  const replicas = [...board.replicas].map(([version, number]) => `${number} of ${version}`).join(", ");
  const gates = board.gates.map((state, index) => `${index + 1} ${state}`).join(", ");
  const requests = `${served} served, ${failed} failed, highest latency ${highestLatencyMs} ms`;
  return [
    { label: "requests", text: requests, repeat: true },
    { label: "replicas", text: `${replicas} ready` },
    { label: "schema", text: board.progress || "as version 1 needs it", repeat: true },
    { label: "gates", text: gates || "none yet" },
  ];
}
