import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "../support/temp.ts";
import { cases } from "./cases.ts";
import { sluice } from "./cli.ts";

/** UPDATE_GOLDEN=1 writes the golden files anew; read what changed before it is committed. */
const update = process.env["UPDATE_GOLDEN"] === "1";
const folder = join(import.meta.dirname, "golden");
const inputs = readdirSync(folder).filter((name) => name.includes(".input."));
const nameOf = (file: string): string => file.slice(0, file.indexOf(".input."));

/** The text of a golden file; written instead where that is asked for. Null: there must be none. */
function matches(file: string, text: string | null): void {
  const path = join(folder, file);
  if (update && text !== null) writeFileSync(path, text);
  expect(existsSync(path) ? readFileSync(path, "utf8") : null).toBe(text);
}

test("each case has its options, and each its input", () => {
  expect(inputs.map(nameOf).sort()).toEqual(Object.keys(cases).sort());
});

describe.each(inputs)("%s", (file) => {
  const input = join(folder, file);
  const args = cases[nameOf(file)] ?? [];
  const golden = file.replace(".input.", ".golden.");

  test("is injected as the golden file has it, and the report says what was done", async () => {
    const { status, stdout, stderr } = await sluice("inject", input, ...args);
    const report = stderr.replaceAll(`${folder}/`, "");
    matches(
      `${nameOf(file)}.report`,
      `$ sluice inject ${[file, ...args].join(" ")}\n${report}exit ${status}\n`,
    );
    matches(golden, status === 0 ? stdout : null);
    if (status !== 0) expect([status, stdout]).toEqual([2, ""]);
  });

  test("injected again it stays as it is, and ejected it is what it was, byte for byte", async () => {
    const first = await sluice("inject", input, ...args);
    if (first.status !== 0) return expect(existsSync(join(folder, golden))).toBe(false);
    const path = join(tempDir({ [golden]: first.stdout }), golden);
    const second = await sluice("inject", path, ...args);
    expect([second.status, second.stdout]).toEqual([0, first.stdout]);
    expect(second.stderr).not.toMatch(/gate (added|replaced)/);
    // The input of this one holds a gate of an older inject.
    const ejected = nameOf(file) === "again" ? input : path;
    const result = await sluice("eject", ejected);
    const clean =
      nameOf(file) === "again" ? (await sluice("eject", path)).stdout : readFileSync(input, "utf8");
    expect([result.status, result.stdout]).toEqual([0, clean]);
  });

  test("other options replace the gate, and what comes out is the same as without the first", async () => {
    const other = ["--wait", "tcp://other:1", "--position", "last", "--container-name", "other"];
    const direct = await sluice("inject", input, ...other);
    const first = await sluice("inject", input, ...args);
    if (first.status !== 0 || direct.status !== 0) return;
    const path = join(tempDir({ [golden]: first.stdout }), golden);
    expect((await sluice("inject", path, ...other)).stdout).toBe(direct.stdout);
  });
});
