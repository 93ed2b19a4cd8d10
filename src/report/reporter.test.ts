import { expect, test } from "bun:test";
import { SluiceError } from "../errors.ts";
import { createReporter, type ReporterSettings } from "./reporter.ts";
import { coloured } from "./style.ts";

function reporter(settings: Partial<ReporterSettings> = {}, isTTY = false) {
  const out = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY,
    write(text: string) {
      out[name] += text;
    },
  });
  const base = {
    output: "text",
    logFormat: "text",
    quiet: false,
    verbose: false,
    color: true,
    env: {},
  } as const;
  return {
    out,
    report: createReporter({ stdout: stream("stdout"), stderr: stream("stderr"), ...base, ...settings }),
  };
}

const error = new SluiceError("SL2011", {
  params: { reason: "r" },
  place: { file: "f", line: 2 },
  notes: ["n"],
});

test("the result goes to standard output, as text or as one document", () => {
  const text = reporter();
  text.report.result("Status", { pending: 1 }, "one\n");
  text.report.result("Status", { pending: 1 }, () => "two");
  expect(text.out).toEqual({ stdout: "one\ntwo\n", stderr: "" });
  const json = reporter({ output: "json" });
  json.report.result("Status", { pending: 1 }, () => {
    throw new Error("not needed");
  });
  expect(JSON.parse(json.out.stdout)).toEqual({
    apiVersion: "cli.sluice.dev/v1",
    kind: "Status",
    pending: 1,
  });
});

test("levels: quiet drops info, verbose adds debug, warnings stay", () => {
  const say = (settings: Partial<ReporterSettings>) => {
    const { out, report } = reporter(settings);
    report.info("i");
    report.debug("d");
    report.warn("w");
    expect(out.stdout).toBe("");
    return out.stderr;
  };
  expect(say({})).toBe("i\nwarning: w\n");
  expect(say({ quiet: true })).toBe("warning: w\n");
  expect(say({ verbose: true })).toBe("i\ndebug: d\nwarning: w\n");
});

test("JSON log lines have time, level, message and fields", () => {
  const { out, report } = reporter({ logFormat: "json", verbose: true });
  report.info("i", { version: "1", level: "mine" });
  report.debug("d");
  report.failure(error);
  const [info, debug, failure, ...rest] = out.stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rest).toEqual([]);
  expect(info).toMatchObject({ level: "info", message: "i", version: "1" });
  expect(Math.abs(Date.parse(info.time) - Date.now())).toBeLessThan(60_000);
  expect(debug.level).toBe("debug");
  expect(failure).toMatchObject({
    level: "error",
    code: "SL2011",
    exitCode: 2,
    file: "f",
    line: 2,
    notes: ["n"],
  });
});

test("an error behind a written result makes no second document", () => {
  const { out, report } = reporter({ output: "json" });
  report.result("Status", {}, "");
  report.failure(error);
  expect(JSON.parse(out.stdout).kind).toBe("Status");
  expect(out.stderr).toContain("error SL2011");
});

test("an error for people has place, notes, next step and page", () => {
  const { out, report } = reporter();
  report.failure(
    new SluiceError("SL2011", {
      params: { reason: "bad\u001b[2Jtext" },
      place: { file: "f.yaml", line: 2, column: 3 },
      notes: ["a\nb"],
      hint: "do this",
    }),
  );
  expect(out.stderr).toBe(`error SL2011: the configuration file is not valid YAML: bad\\x1b[2Jtext
  --> f.yaml:2:3
  a
  b
  next: do this
  docs: docs/errors/SL2011.md
`);
});

test("colours only where the stream is a terminal and nothing forbids them", () => {
  const terminal = { write: () => undefined, isTTY: true };
  const pipe = { write: () => undefined };
  expect(coloured(terminal, {})).toBe(true);
  expect(coloured(pipe, {})).toBe(false);
  expect(coloured(terminal, {}, false)).toBe(false);
  expect(coloured(terminal, { NO_COLOR: "1" })).toBe(false);
  expect(coloured(terminal, { NO_COLOR: "" })).toBe(true);
  expect(coloured(terminal, { TERM: "dumb" })).toBe(false);
  expect(coloured(pipe, { FORCE_COLOR: "1" })).toBe(true);
  expect(coloured(terminal, { FORCE_COLOR: "0" })).toBe(false);
  expect(coloured(pipe, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  const tty = reporter({}, true);
  tty.report.failure(error);
  expect(tty.out.stderr).toContain("\x1b[31merror SL2011\x1b[39m");
  expect(tty.report.style.bold("x")).toBe("\x1b[1mx\x1b[22m");
  const json = reporter({ logFormat: "json", output: "json" }, true);
  json.report.failure(error);
  expect(json.out.stderr + json.out.stdout).not.toContain("\x1b");
});
