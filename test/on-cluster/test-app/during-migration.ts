import { expect } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { record, secondsOf } from "./figures.ts";
import { type TestApp, testApp } from "./fixture.ts";
import { slowVersion, type Tag } from "./images.ts";
import { watchRunners } from "./runners.ts";

/** What the slow migration takes, in seconds: less than `graceSeconds` of the chart, which is 20. */
export const SLOW = 18;
/** From the beginning of the migration to the pod that is looked for. Milliseconds. */
const POD_MS = 60_000;

export const [v1, v2, v3] = ["20260101090000", "20260201090000", "20260301090000"] as const;

/**
 * Deploys v1, then under load a release whose migration takes some seconds, lets `disturb` do what it does while that
 * runs, and waits until the last release is rolled out. Nothing is lost or doubled, no two runners work at once, and no
 * request fails.
 * @param versions the history in the end. @param seconds what the migration takes, where `disturb` needs more time.
 */
export async function duringMigration(
  scenario: string,
  disturb: (app: TestApp) => Promise<void>,
  { release = "v2-slow" as Tag, versions = [v1, slowVersion, v2] as readonly string[], seconds = SLOW } = {},
): Promise<void> {
  const app = await testApp();
  await app.rollOut("v1");
  await app.slowDown(seconds);
  const load = await app.startLoad();
  const runners = watchRunners(app);
  const { load: summary, result } = await load.during(() =>
    secondsOf(async () => {
      await app.upgrade(release);
      await runners.begun;
      await disturb(app);
      await app.rolledOut();
    }),
  );
  record(`while a migration runs: ${scenario}`, summary, result);
  expect(await app.blog.versions()).toEqual([...versions].sort());
  expect(await app.blog.query("SELECT count(*)::int AS rows FROM slow")).toEqual([{ rows: 1 }]);
  expect(await runners.end()).toBe(1);
}

/**
 * The first pod of a selector in a phase, which the kubelet tells a moment after it is so. Fails where the migration is over
 * by then: what is done to the pod would show nothing.
 */
export async function podOf(
  { at, blog }: TestApp,
  selector: string,
  phase: "Running" | "Pending",
): Promise<string> {
  const wanted = `a pod of ${selector} that is ${phase}, while the migration runs`;
  const deadline = Date.now() + POD_MS;
  while (Date.now() < deadline) {
    const names = await at.kubectl(
      `get pods --selector=${selector} --field-selector=status.phase=${phase}`,
      "--output=jsonpath={.items[*].metadata.name}",
    );
    expect([wanted, await blog.versions()]).toEqual([wanted, [v1]]);
    if (names !== "") return names.split(" ")[0] as string;
    await sleep(100);
  }
  throw new Error(`${wanted}: not after ${POD_MS / 1000} s`);
}
