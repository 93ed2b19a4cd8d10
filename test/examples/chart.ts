import { cpSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/executable.ts";
import { tempDir } from "../support/temp.ts";
import { example } from "./blog.ts";

/** A copy of the example application's chart with the library in it, as `helm dependency update` would leave it. */
export function testAppChart(): string {
  const folder = join(tempDir(), "test-app");
  cpSync(join(example, "chart"), folder, { recursive: true });
  cpSync(join(repository, "charts", "sluice"), join(folder, "charts", "sluice"), { recursive: true });
  return folder;
}
