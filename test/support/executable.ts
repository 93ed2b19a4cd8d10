import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./temp.ts";

/** The repository's folder. */
export const repository = join(import.meta.dirname, "..", "..");

let copy: string | undefined;

/**
 * The compiled executable, alone in an empty folder, where no `node_modules` and no source can help it. Built first
 * where `dist/sluice` is missing or older than its sources; once a run. Returns its path.
 */
export function executable(): string {
  if (copy) return copy;
  const built = join(repository, "dist", "sluice");
  if (!existsSync(built) || statSync(built).mtimeMs < newestSource()) {
    const { status, stderr } = spawnSync("npm", ["run", "build"], { cwd: repository, encoding: "utf8" });
    if (status !== 0) throw new Error(`npm run build: exit status ${status}\n${stderr}`);
  }
  const path = join(tempDir({}, "run"), "sluice");
  copyFileSync(built, path);
  copy = path;
  return path;
}

function newestSource(): number {
  const source = join(repository, "src");
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  const all = [...files, join(repository, "package.json"), join(repository, "package-lock.json")];
  return Math.max(...all.map((file) => statSync(file).mtimeMs));
}
