import { spawn } from "node:child_process";
import type { Server } from "../../src/rehearse/server.ts";
import { createDatabase } from "../support/postgres.ts";
import { tempDir } from "../support/temp.ts";
import { generateDirectory } from "./directory.ts";
import { createRandom } from "./random.ts";

/**
 * Many runners at once on an empty database, undisturbed: one applies each file, the others succeed.
 * @returns what was wrong, a sentence each.
 */
export async function playCrowd(
  server: Server,
  executable: string,
  seed: number,
  runners: number,
): Promise<string[]> {
  const files = generateDirectory(createRandom(seed), 6, false);
  const db = await createDatabase(server);
  const dir = tempDir(Object.fromEntries(files.map((file) => [file.name, file.text])));
  const ends = await Promise.all(Array.from({ length: runners }, () => migrateOnce(executable, dir, db.url)));
  const rows = await db.query("select id from sluice_history where kind = 'migration' and state = 'applied'");
  await db.drop();
  const wrong = ends
    .filter((end) => end.code !== 0)
    .map((end) => `exit ${end.code}: ${end.stderr.slice(-300)}`);
  const applied = ends.flatMap((end) => end.applied);
  if (applied.length !== files.length || new Set(applied).size !== files.length)
    wrong.push(`${files.length} files were applied ${applied.length} times: ${applied.join(", ")}`);
  if (rows.length !== files.length)
    wrong.push(`the history has ${rows.length} rows for ${files.length} files`);
  return wrong;
}

interface Outcome {
  code: number | null;
  stderr: string;
  /** Versions that this runner says it applied. */
  applied: string[];
}

function migrateOnce(executable: string, dir: string, url: string): Promise<Outcome> {
  const child = spawn(executable, ["migrate", "--dir", dir, "-o", "json"], {
    env: { PATH: process.env["PATH"] ?? "", SLUICE_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once("close", (code) => {
      const result =
        code === 0 ? (JSON.parse(stdout) as { applied: { version: string }[] }) : { applied: [] };
      resolve({ code, stderr, applied: result.applied.map(({ version }) => version) });
    });
  });
}
