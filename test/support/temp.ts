import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cleanUpAfter } from "./cleanup.ts";

/**
 * Makes an empty folder that is removed with the running test (outside of a test: with the run). Takes files to put
 * into it, by relative path; returns its path.
 */
export function tempDir(
  files: Record<string, string | Uint8Array> = {},
  scope: "test" | "run" = "test",
): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-test-"));
  cleanUpAfter(() => rmSync(folder, { recursive: true, force: true }), scope);
  writeFiles(folder, files);
  return folder;
}

/** Writes files below a folder, with the folders that they need. */
export function writeFiles(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
