import { describe, expect, test } from "bun:test";
import { SluiceError } from "../errors.ts";
import { keyOf, variableOf } from "./option.ts";
import { parseCommand } from "./parse.ts";
import type { FileValues } from "./resolve.ts";

const spec = {
  name: "try",
  usage: "try NAME",
  arguments: [{ name: "name", summary: "a name", optional: true }],
  options: [
    { name: "lock-timeout", type: "duration", default: "2s", summary: "s" },
    { name: "dir", type: "list", default: ["migrations"], placeholder: "FOLDER", summary: "s" },
    { name: "steps", type: "integer", min: 1, summary: "s" },
    { name: "check", type: "boolean", summary: "s" },
    { name: "phase", type: "choice", choices: ["expand", "contract"], summary: "s" },
    { name: "url", type: "string", secret: true, placeholder: "URL", summary: "s" },
    { name: "grant", type: "list", key: "readers", summary: "s" },
    { name: "selector", short: "l", type: "string", summary: "s" },
  ],
} as const;

const parse = (argv: string[], env: Record<string, string> = {}, file?: FileValues) =>
  parseCommand(spec, argv, { env, file });

const fileOf = (values: Record<string, string[]>): FileValues =>
  new Map(
    Object.entries(values).map(([key, texts], index) => [
      key,
      { texts, place: { file: "s.yaml", line: index + 1 } },
    ]),
  );

function failure(work: () => unknown): SluiceError {
  try {
    work();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

test("names of keys and variables follow from the flag, or from the key", () => {
  expect(keyOf(spec.options[0])).toBe("lockTimeout");
  expect(variableOf(spec.options[0])).toBe("SLUICE_LOCK_TIMEOUT");
  expect(keyOf(spec.options[6])).toBe("readers");
  expect(variableOf(spec.options[6])).toBe("SLUICE_READERS");
});

test("values have the types of the table", () => {
  const { options, args } = parse(["--lock-timeout", "90s", "--steps=3", "--phase", "expand", "x"]);
  const timeout: number = options.lockTimeout;
  const steps: number | undefined = options.steps;
  const phase: "expand" | "contract" | undefined = options.phase;
  const dir: string[] = options.dir;
  const check: boolean = options.check;
  const url: string | undefined = options.url;
  const output: "text" | "json" = options.output;
  // @ts-expect-error there is no such option
  expect(options.lockTimout).toBeUndefined();
  expect({ timeout, steps, phase, dir, check, url, output }).toEqual({
    timeout: 90_000,
    steps: 3,
    phase: "expand",
    dir: ["migrations"],
    check: false,
    url: undefined,
    output: "text",
  });
  expect(args).toEqual({ name: "x" });
});

describe("precedence", () => {
  const env = { SLUICE_LOCK_TIMEOUT: "3s", SLUICE_DIR: "b, c" };
  const file = fileOf({ lockTimeout: ["4s"], dir: ["d", "e"], phase: ["contract"] });
  test("flag over variable over file over default", () => {
    expect(parse(["--lock-timeout=1s"], env, file).options.lockTimeout).toBe(1000);
    expect(parse([], env, file).options.lockTimeout).toBe(3000);
    expect(parse([], {}, file).options.lockTimeout).toBe(4000);
    expect(parse([]).options.lockTimeout).toBe(2000);
  });
  test("a stronger source replaces a whole list", () => {
    expect(parse(["--dir", "a", "--dir=a,b"], env, file).options.dir).toEqual(["a", "a,b"]);
    expect(parse([], env, file).options.dir).toEqual(["b", "c"]);
    expect(parse([], {}, file).options.dir).toEqual(["d", "e"]);
  });
  test("sources say where a value came from", () => {
    const { sources } = parse(["-l", "a=b"], env, file);
    expect(sources.selector).toEqual({ kind: "flag", name: "-l" });
    expect(sources.dir).toEqual({ kind: "variable", name: "SLUICE_DIR" });
    expect(sources.phase).toEqual({ kind: "file", name: "phase", place: { file: "s.yaml", line: 3 } });
    expect(sources.url.kind).toBe("default");
  });
  test("an empty variable is not set", () => {
    expect(parse([], { SLUICE_LOCK_TIMEOUT: "", SLUICE_URL: "" }, file).options.lockTimeout).toBe(4000);
  });
  test("the last of a repeated flag wins", () => {
    expect(parse(["--steps=1", "--steps=2"]).options.steps).toBe(2);
  });
});

describe("switches", () => {
  test.each([
    [["--check"], true],
    [["--check=true"], true],
    [["--check=0"], false],
    [["--check", "--no-check"], false],
  ])("%p", (argv, expected) => {
    expect(parse(argv).options.check).toBe(expected);
  });
  test("by variable", () => {
    expect(parse([], { SLUICE_CHECK: "1" }).options.check).toBe(true);
    expect(parse(["--no-check"], { SLUICE_CHECK: "true" }).options.check).toBe(false);
    expect(failure(() => parse([], { SLUICE_CHECK: "yes" })).message).toBe(
      'the variable SLUICE_CHECK: "yes" is not true or false',
    );
    expect(failure(() => parse(["--no-check=true"])).code).toBe("SL2004");
  });
});

describe("errors", () => {
  test.each<[string[], string, string, string]>([
    [["--lock-timout", "2s"], "SL2002", "--lock-timout", "did you mean --lock-timeout?"],
    [["-check"], "SL2002", "-c", "sluice try --help"],
    [["--no-colour"], "SL2002", "--no-colour", "did you mean --no-color?"],
    [["--lock_timeout=2s"], "SL2002", "--lock_timeout", "did you mean --lock-timeout?"],
    [["--l", "x"], "SL2002", "--l", "sluice try --help"],
    [["--url"], "SL2003", "--url needs a value", "write `--url URL`"],
    [["--url", "--check"], "SL2003", "--url needs a value", "--url=--check"],
    [["--url", "--", "x"], "SL2003", "--url needs a value", ""],
    [["--url="], "SL2004", "--url: an empty value is not a URL", "--url URL"],
    [["--dir", ""], "SL2004", "--dir: an empty value", "--dir FOLDER"],
    [
      ["--lock-timeout", "5"],
      "SL2004",
      '--lock-timeout: "5" is not a duration with a unit',
      "--lock-timeout 90s",
    ],
    [["--steps", "0"], "SL2004", '"0" is not a whole number from 1', "--steps 1"],
    [["--steps=1.5"], "SL2004", '"1.5" is not a whole number', ""],
    [["--phase=expnd"], "SL2004", '"expnd" is not one of expand, contract', 'did you mean "expand"?'],
    [["a", "b"], "SL2005", 'sluice try does not take the argument "b"', "sluice try NAME"],
  ])("%p is %s", (argv, code, message, hint) => {
    const error = failure(() => parse(argv));
    expect(error.code).toBe(code as typeof error.code);
    expect(error.exit).toBe(2);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
  test("a bad value in the file has its line", () => {
    const error = failure(() => parse([], {}, fileOf({ dir: ["x"], lockTimeout: ["soon"] })));
    expect(error.message).toBe('the key lockTimeout: "soon" is not a duration with a unit');
    expect(error.place).toEqual({ file: "s.yaml", line: 2 });
    expect(error.hint).toContain("lockTimeout: 90s");
  });
  test("a missing or empty argument", () => {
    const strict = { ...spec, arguments: [{ name: "name", summary: "a name" }] } as const;
    for (const argv of [[], [""]]) {
      const error = failure(() => parseCommand(strict, argv, { env: {}, program: "kubectl sluice" }));
      expect(error.message).toBe("kubectl sluice try needs the argument NAME: a name");
      expect(error.hint).toBe("usage: `kubectl sluice try NAME`");
    }
  });
  test("the flag's value wins, so a bad variable below it does not matter", () => {
    expect(parse(["--steps=1"], { SLUICE_STEPS: "x" }).options.steps).toBe(1);
  });
});

test("behind -- everything is a word; a lone - is a word and a value", () => {
  expect(parse(["--", "--check"]).args).toEqual({ name: "--check" });
  expect(parse(["-"]).args).toEqual({ name: "-" });
  expect(parse(["--url", "-"]).options.url).toBe("-");
  expect(parse(["-lx=y"]).options.selector).toBe("x=y");
});

test("help, version and config cannot be set where they make no sense", () => {
  const { options } = parse([], { SLUICE_HELP: "true", SLUICE_CONFIG: "a" }, fileOf({ config: ["b"] }));
  expect(options.help).toBe(false);
  expect(options.config).toBe("a");
});
