import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json";
import { interruption } from "./signals.ts";
import { runSample } from "./testing/collect.ts";
import { loaded } from "./testing/sample.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-run-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  loaded.length = 0;
});

const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe("help and version", () => {
  test.each([[[]], [["help"]], [["--help"]], [["-h"]]])("%p is the program's help", async (argv) => {
    const { status, stdout, stderr } = await runSample(argv);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Usage: sluice COMMAND");
    expect(loaded).toEqual([]);
  });
  test.each([
    [["help", "show"]],
    [["show", "-h"]],
    [["-h", "show"]],
    [["show", "--bogus", "--help"]],
    [["show", "-l", "x", "-h"]],
  ])("%p is the command's help", async (argv) => {
    const { status, stdout } = await runSample(argv);
    expect(status).toBe(0);
    expect(stdout).toStartWith("Usage: sluice show");
    expect(loaded).toEqual(["show"]);
  });
  test("a value that looks like -h is no question for help", async () => {
    expect((await runSample(["show", "-lhelp=h", "x"])).stdout).toContain('"selector":"help=h"');
    expect((await runSample(["show", "--", "-h"])).stdout).toContain('"thing":"-h"');
  });
  test.each([[["--version"]], [["show", "--version"]]])("%p", async (argv) => {
    expect((await runSample(argv)).stdout).toBe(`sluice ${manifest.version}\n`);
    const json = JSON.parse((await runSample([...argv, "-ojson"])).stdout);
    expect(json).toEqual({ apiVersion: "cli.sluice.dev/v1", kind: "Version", version: manifest.version });
  });
});

describe("finding the command", () => {
  test.each([
    [["shwo"], 'there is no command "shwo"', "did you mean `sluice show`?"],
    [["help", "shwo"], 'there is no command "shwo"', "did you mean `sluice show`?"],
    [["toString"], 'there is no command "toString"', "sluice help"],
    [["--lock-timeout", "2s", "show"], "sluice does not know the flag --lock-timeout", "sluice --help"],
  ])("%p", async (argv, message, hint) => {
    const { status, stdout, stderr } = await runSample(argv);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });
  test("global flags may stand before the command", async () => {
    const { stdout, stderr } = await runSample(["-q", "-o", "json", "show", "x", "more", "words"]);
    expect(JSON.parse(stdout).args).toEqual({ thing: "x", more: ["more", "words"] });
    expect(stderr).toBe("");
  });
  test("the status of the command is the status of the run", async () => {
    expect((await runSample(["show", "x", "--check"])).status).toBe(1);
  });
});

describe("settings", () => {
  const options = async (argv: string[], env?: Record<string, string>) => {
    const { stdout, stderr } = await runSample(["show", "x", "-o", "json", ...argv], env);
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout).options ?? JSON.parse(stdout);
  };
  test("flag over variable over environment file over configuration file", async () => {
    const config = write("all.yaml", "lockTimeout: 1s\nsteps: 1\nreaders: [a, b]\nphase: expand\n");
    const envFile = write("all.env", `SLUICE_STEPS=2\nSLUICE_PHASE=contract\nSLUICE_CONFIG=${config}\n`);
    const got = await options(["--env-file", envFile, "--lock-timeout=3s"], { SLUICE_STEPS: "4" });
    expect(got).toMatchObject({ lockTimeout: 3000, steps: 4, phase: "contract", readers: ["a", "b"] });
  });
  test("a key of another command is known, and costs its module only then", async () => {
    await options(["--config", write("own.yaml", "lockTimeout: 1s\n")]);
    expect(loaded).toEqual(["show"]);
    expect((await options(["--config", write("other.yaml", "lockWait: 1m\n")])).lockTimeout).toBe(2000);
    expect(loaded).toContain("other");
  });
  test("a file that is named must exist", async () => {
    for (const env of [{ SLUICE_CONFIG: join(folder, "none.yaml") }, {}]) {
      const argv = "SLUICE_CONFIG" in env ? [] : ["--config", join(folder, "none.yaml")];
      const error = await options(argv, env as Record<string, string>);
      expect(error).toMatchObject({ kind: "Error", code: "SL2010", exitCode: 2 });
      expect(error.message).toContain("it does not exist");
    }
  });
  test("an unknown key is an error with file and line", async () => {
    const file = write("typo.yaml", "phase: expand\nlock-timeout: 1s\n");
    const error = await options(["--config", file]);
    expect(error).toMatchObject({
      code: "SL2012",
      file,
      line: 2,
      column: 1,
      hint: "did you mean `lockTimeout`?",
    });
  });
  test("output: json in the file counts", async () => {
    const { stdout } = await runSample(["show", "x", "--config", write("json.yaml", "output: json\n")]);
    expect(JSON.parse(stdout).kind).toBe("Shown");
  });
});

describe("errors", () => {
  const terminationOf = async (argv: string[], signal?: AbortSignal) => {
    const log = write("termination", "");
    const ended = await runSample(
      argv,
      { SLUICE_TERMINATION_LOG: log },
      signal === undefined ? {} : { signal },
    );
    const text = readFileSync(log, "utf8");
    return { ...ended, termination: text === "" ? undefined : JSON.parse(text) };
  };
  test("a SluiceError: its exit status, text, document and termination message", async () => {
    const { status, stdout, stderr, termination } = await terminationOf(["show", "conflict", "-o", "json"]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      apiVersion: "cli.sluice.dev/v1",
      kind: "Error",
      code: "SL2010",
      exitCode: 2,
      message: "the configuration file f cannot be read (it is a test)",
      file: "m/1.sql",
      line: 3,
      column: 7,
      hint: "check the path given by --config or SLUICE_CONFIG, and the file's permissions",
      migration: "1",
      notes: ["a note", "over\ntwo lines"],
    });
    expect(stderr).toContain("error SL2010: the configuration file f cannot be read");
    expect(Object.keys(termination)).toEqual(["code", "message", "migration", "hint"]);
    expect(termination).toMatchObject({ code: "SL2010", migration: "1" });
  });
  test("usage errors too, in the form that was asked for", async () => {
    const { status, stdout, termination } = await terminationOf([
      "show",
      "x",
      "--bogus",
      "-o=json",
      "-o",
      "json",
    ]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "Error", code: "SL2002" });
    expect(termination.code).toBe("SL2002");
  });
  test("a bug ends with 70, and shows stack and version but no password", async () => {
    const { status, stdout, stderr, termination } = await terminationOf(["show", "bug"]);
    expect([status, stdout]).toEqual([70, ""]);
    expect(stderr).toContain(
      "error SL2049: unexpected error: TypeError: no way to postgres://app:***@db/app",
    );
    expect(stderr).toMatch(/at .*sample\.ts/);
    expect(stderr).toContain(`sluice ${manifest.version}`);
    expect(stderr + JSON.stringify(termination)).not.toContain("hunter2");
  });
  test("findings and success leave no termination message, other statuses do", async () => {
    expect((await terminationOf(["show", "x"])).termination).toBeUndefined();
    expect((await terminationOf(["show", "x", "--check"])).termination).toBeUndefined();
    const { status, termination } = await terminationOf(["show", "status", "124"]);
    expect(status).toBe(124);
    expect(termination).toEqual({ message: "sluice show ended with exit status 124" });
  });
  test.each([
    ["SIGINT", 130, "SL2040"],
    ["SIGTERM", 143, "SL2041"],
  ] as const)("%s ends with %i, also when something else fails because of it", async (name, exit, code) => {
    for (const more of [[], ["late"]]) {
      const signal = AbortSignal.abort(interruption(name));
      const { status, termination } = await terminationOf(["show", "signal", ...more], signal);
      expect(status).toBe(exit);
      expect(termination.code).toBe(code);
    }
  });
});
