import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync } from "node:fs";
import { delimiter } from "node:path";
import type { DemoFigures } from "../src/demo/figures.ts";
import { findServer } from "../src/rehearse/binaries.ts";
import { childrenOf, sendSignal, waitUntilGone } from "../src/rehearse/processes.ts";
import { type Finished, type RunOptions, startSluice } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

/** What could lead it astray: other databases, a proxy, settings, a log file of a container. */
const astray = {
  PGHOST: "nowhere.invalid",
  PGUSER: "nobody",
  PGOPTIONS: "-c nonsense=1",
  PGSSLMODE: "verify-full",
  DATABASE_URL: "postgres://somebody:geheim@nowhere.invalid/elsewhere",
  SLUICE_URL: "postgres://somebody:geheim@nowhere.invalid/elsewhere",
  SLUICE_DIR: "/nonexistent",
  HTTP_PROXY: "http://127.0.0.1:9",
  http_proxy: "http://127.0.0.1:9",
};

/** A folder for temporary files of the demo alone, which the unprivileged account of its server may enter. */
function ownTemporary(): string {
  const folder = tempDir();
  chmodSync(folder, 0o755);
  return folder;
}

/** Starts the demo with temporary files of its own. */
async function startDemo(args: readonly string[], options: RunOptions = {}) {
  const folder = ownTemporary();
  const demo = await startSluice(["demo", ...args], { ...options, env: { TMPDIR: folder, ...options.env } });
  return { demo, left: () => readdirSync(folder) };
}

/** Milliseconds that a process may outlive the demo: fewer than a forgotten runner looks for its server (10 s). */
const LINGER = 8_000;

/** All processes below one: runners, gates, the server and its watcher. */
function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

function isRunner(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.includes(" migrate ");
}

function expectGoodFigures({ code, stdout, stderr }: Finished): void {
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const figures = JSON.parse(stdout) as DemoFigures & { kind: string; problems: string[] };
  expect([figures.kind, figures.problems, figures.server.major]).toEqual(["DemoResult", [], 18]);
  expect(figures.durationMs).toBeLessThan(60_000);
  expect(figures.requests.failed).toBe(0);
  const [second, broken, fixed] = figures.releases;
  for (const [release, previous] of [
    [second, "v1"],
    [fixed, "v2"],
  ] as const) {
    expect(release).toMatchObject({ appliedRows: 1, effects: 1, state: "applied" });
    expect(release?.runners.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(release?.runners.filter(({ applied }) => applied > 0).map(({ name }) => name)).toEqual([
      release?.appliedBy as string,
    ]);
    expect(release?.gates.map(({ state }) => state)).toEqual(["open", "open", "open", "open"]);
    const opened = release?.gates.map(({ openedAfterCommitMs }) => openedAfterCommitMs ?? Number.NaN) ?? [];
    expect(Math.min(...opened)).toBeGreaterThanOrEqual(0);
    // Woken, and not by its next look 4 to 6 s after the one before. All of them: test/gate/wake.test.ts.
    expect(Math.min(...opened)).toBeLessThan(3_900);
    expect(release?.requests.servedBy[previous]).toBeGreaterThan(0);
    expect(release?.requests.servedBy[release.version]).toBeGreaterThan(0);
  }
  // The migration sleeps for 3.2 s; 40 requests a second came in meanwhile.
  expect(second?.requests.servedBy["v1"]).toBeGreaterThan(100);
  expect(broken).toMatchObject({ appliedRows: 0, effects: 0, state: "failed", appliedBy: null });
  expect(broken?.error).toContain('column "titel" does not exist');
  expect(broken?.runners.map(({ status }) => status)).toEqual([3, 3, 3]);
  for (const gate of broken?.gates ?? []) {
    expect(gate).toMatchObject({ state: "closed", openedAfterCommitMs: null });
    expect(gate.reason).toContain("3 add_tags failed");
  }
  expect(Object.keys(broken?.requests.servedBy ?? {})).toEqual(["v2"]);
  expect(stderr).not.toContain("geheim");
}

describe("sluice demo", () => {
  test("measures what Sluice promises, twice at once: sources and executable", async () => {
    // Nothing is beside the executable's copy: it finds the server by PATH.
    const PATH = [findServer({ major: 18 }).bin, process.env.PATH].join(delimiter);
    const runs = await Promise.all([
      startDemo(["-o", "json"], { env: astray, executable: false }),
      startDemo(["-o", "json"], { env: { ...astray, PATH }, executable: true }),
    ]);
    const ends = await Promise.all(runs.map(({ demo }) => demo.done));
    for (const end of ends) expectGoodFigures(end);
    for (const { left } of runs) expect(left()).toEqual([]);
    const { stderr } = ends[0] as Finished;
    // What a reader without a terminal sees: each part by its name, the error with its place, no escape sequences.
    expect(stderr).toMatch(/^runner \d {2}\| +\d+\.\ds {2}applying 2 add_categories/m);
    expect(stderr).toMatch(/^gate \d {4}\| .*closed: migration 3 add_tags failed/m);
    expect(stderr).toMatch(/^runner \d {2}\| .*--> v3\/3_add_tags\.sql:10:29/m);
    expect(stderr).toMatch(/^app v2 {4}\| .*serves on/m);
    expect(stderr).not.toContain("\x1b");
  }, 90_000);

  test.each([
    ["SIGINT", "while the server starts", /starting PostgreSQL/, 130],
    ["SIGTERM", "in the middle of the migration", /applying 2 add_categories/, 143],
    ["SIGINT", "while the gates of the broken release are closed", /serves on/, 130],
  ] as const)(
    "%s %s leaves neither process nor file",
    async (signal, _when, moment, status) => {
      const { demo, left } = await startDemo([]);
      await demo.waitForOutput(moment);
      const pids = descendants(demo.pid);
      demo.kill(signal);
      const { code, stdout, ms } = await demo.done;
      expect([code, stdout]).toEqual([status, ""]);
      expect(await waitUntilGone(pids, LINGER)).toBe(true);
      expect(left()).toEqual([]);
      expect(ms).toBeLessThan(60_000);
    },
    90_000,
  );

  test("a second signal ends it at once and leaves nothing either", async () => {
    const { demo, left } = await startDemo([]);
    await demo.waitForOutput(/applying 2 add_categories/);
    const pids = descendants(demo.pid);
    demo.kill("SIGINT");
    demo.kill("SIGTERM"); // the same one twice could arrive as one
    expect([130, 143]).toContain((await demo.done).code as number);
    expect(await waitUntilGone(pids, LINGER)).toBe(true);
    expect(left()).toEqual([]);
  }, 90_000);

  test("a runner that is killed ends it with an error that names it, and nothing is left", async () => {
    const { demo, left } = await startDemo(["-o", "json"]);
    await demo.waitForOutput(/applying 2 add_categories/);
    const pids = descendants(demo.pid);
    const runner = pids.find(isRunner) as number;
    sendSignal(runner, "SIGKILL");
    const { code, stdout, stderr } = await demo.done;
    expect(code).toBe(70);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "Error", code: "SL6050" });
    expect(stderr).toMatch(/runner \d of the demo failed: it was ended by SIGKILL/);
    expect(await waitUntilGone(pids, LINGER)).toBe(true);
    expect(left()).toEqual([]);
  }, 90_000);
});
