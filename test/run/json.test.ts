import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { repository } from "../support/executable.ts";
import { place } from "./fixture.ts";

const schema = JSON.parse(readFileSync(join(repository, "schemas", "RunResult.json"), "utf8"));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

test("-o json is one document on standard output that fits its schema; the command's output goes beside it", async () => {
  const p = await place();
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await p.run(["-o", "json", ...args]);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect([document, validate(document), validate.errors]).toEqual([document, true, null]);
    return { document, stderr };
  };
  const first = await json("--id", "r", "--", "sh", "-c", "echo out");
  expect(first.document).toMatchObject({
    id: "r",
    command: "sh -c 'echo out'",
    started: true,
    recorded: true,
    exitStatus: 0,
  });
  expect(first.stderr).toContain("\nout\n");
  const again = await json("--id", "r", "--", "sh", "-c", "echo out");
  expect(again.document).toMatchObject({ started: false, exitStatus: null, durationMs: null });
  const oneOff = await json("--no-record", "--", "true");
  expect(oneOff.document).toMatchObject({ id: null, started: true, recorded: false });
});

test("a failure is the document of kind Error", async () => {
  const p = await place();
  const { code, stdout } = await p.run(["-o", "json", "--id", "r", "--", "sh", "-c", "echo why; exit 1"]);
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    kind: "Error",
    code: "SL4210",
    exitCode: 4,
    message: expect.stringContaining(": why"),
  });
  expect(validate(JSON.parse(stdout))).toBe(false);
});

test("the termination message says in 4 KB what a person must know", async () => {
  const p = await place();
  const log = join(p.dir, "log");
  await p.run(["--id", "r", "--", "sh", "-c", "echo relation does not exist >&2; exit 1"], {
    env: { SLUICE_TERMINATION_LOG: log },
  });
  expect(JSON.parse(readFileSync(log, "utf8"))).toMatchObject({
    code: "SL4210",
    message: expect.stringMatching(/ended with exit status 1: relation does not exist$/),
    hint: expect.stringContaining("--retry-on"),
  });
});
