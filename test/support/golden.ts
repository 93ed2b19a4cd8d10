import { expect } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** `SLUICE_GOLDEN=write` writes the golden files anew; look at the difference before it is committed. */
const writes = process.env["SLUICE_GOLDEN"] === "write";

/** Expects the text of a golden file; writes it instead where that is asked for. */
export function expectGolden(path: string, text: string): void {
  if (writes) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path)).toBe(true);
  expect(text).toBe(readFileSync(path, "utf8"));
}
