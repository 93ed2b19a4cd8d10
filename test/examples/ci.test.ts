import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseCommand } from "../../src/cli/parse.ts";
import { commands } from "../../src/commands/index.ts";
import { repository } from "../support/executable.ts";

const folder = join(repository, "examples", "ci");
const files = (prefix: string) => readdirSync(folder).filter((name) => name.startsWith(prefix));
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const scripts = readdirSync(folder).filter((name) => name.endsWith(".sh"));

/** Reads a script with a shell, which runs nothing of it. */
function expectShell(text: string): void {
  const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
}

/** The scripts of the folder that a step calls. */
const called = (step: string) => [...step.matchAll(/examples\/ci\/([\w-]+\.sh)/g)].map((match) => match[1]);

describe.each(scripts)("%s", (name) => {
  test("is a script that the shell can read, and that may be started", () => {
    expectShell(read(name));
    expect(statSync(join(folder, name)).mode & 0o111).toBe(0o111);
    expect(read(name)).toMatch(/^set -eu$/m);
  });

  test("without a tag it says what it wants", () => {
    const { status, stderr } = spawnSync("sh", [join(folder, name)], { encoding: "utf8" });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`usage: ${name} TAG`);
  });

  test("its command lines are those of Sluice", async () => {
    const text = read(name).replaceAll("\\\n", " ");
    const lines = [...text.matchAll(/^ *sluice (\w+) (.*)$/gm)];
    expect(lines.length).toBeGreaterThan(1);
    for (const [, command = "", rest = ""] of lines) {
      const known = await commands[command]?.load();
      if (known === undefined) throw new Error(`sluice ${command}`);
      const words = rest
        .trim()
        .split(/\s+/)
        .map((word) => word.replaceAll('"', ""));
      expect(() => parseCommand(known, words, { env: {} })).not.toThrow();
    }
  });
});

test.each(files("github-"))("%s", (name) => {
  const { on, jobs, permissions, concurrency } = parse(read(name));
  expect([on.push.tags, permissions]).toEqual([["v*"], { contents: "read" }]);
  expect(concurrency["cancel-in-progress"]).toBe(false);
  const [job] = Object.values(jobs) as { steps: { run?: string; uses?: string }[]; "runs-on": string }[];
  expect(job?.["runs-on"]).toBeString();
  for (const { run, uses } of job?.steps ?? []) {
    expect([run, uses].filter(Boolean)).toHaveLength(1);
    if (run) expectShell(run);
  }
  const steps = (job?.steps ?? []).map(({ run = "" }) => run);
  expect(steps.flatMap(called)).toEqual([name.replace("github-", "").replace(".yaml", ".sh")]);
});

interface GitLabJob {
  stage: string;
  script: string[];
  image: string;
  interruptible: boolean;
}

test.each(files("gitlab-"))("%s", (name) => {
  const { stages, ...jobs } = parse(read(name));
  for (const { stage, script, image, interruptible } of Object.values(jobs) as GitLabJob[]) {
    expect(stages).toContain(stage);
    expect([typeof image, interruptible]).toEqual(["string", false]);
    expectShell(script.join("\n"));
    expect(script.flatMap(called)).toEqual([name.replace("gitlab-", "").replace(".yml", ".sh")]);
  }
});

test("each script has a file for each system, and what they name is there", () => {
  expect(files("github-")).toHaveLength(scripts.length);
  expect(files("gitlab-")).toHaveLength(scripts.length);
  for (const name of readdirSync(folder)) {
    for (const [path] of read(name).matchAll(/\bexamples\/[\w./-]*[\w]/g))
      expect([name, path, existsSync(join(repository, path))]).toEqual([name, path, true]);
  }
});
