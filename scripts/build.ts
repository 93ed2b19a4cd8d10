import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bunFor, hostTarget, type Target, targets } from "./build/targets.ts";
import { scriptOptions, wrongUsage } from "./build/usage.ts";

/**
 * Makes the executable dist/sluice, or dist/sluice-TARGET with `--target TARGET` (linux-x64, linux-x64-musl,
 * linux-arm64, linux-arm64-musl, darwin-x64, darwin-arm64). With bytecode it starts in a third of the time. What Bun
 * would load from the folder it is started in (.env, bunfig.toml) stays unread: in a Job that would be somebody
 * else's settings.
 * @param outfile defaults to the name above.
 * @returns the path of the executable.
 * @throws where Bun's build of the target cannot be had, or the build fails.
 */
export function build(target: Target | undefined, outfile?: string): string {
  const root = join(import.meta.dirname, "..");
  const path = resolve(outfile ?? join(root, "dist", target === undefined ? "sluice" : `sluice-${target}`));
  mkdirSync(dirname(path), { recursive: true });
  const foreign =
    target === undefined || target === hostTarget()
      ? []
      : [`--target=bun-${target}`, `--compile-executable-path=${bunFor(target)}`];
  const { status, error } = spawnSync(
    process.execPath,
    [
      "build",
      "--compile",
      "--minify",
      "--bytecode",
      "--format=esm",
      "--splitting",
      // A run is over before compiled code pays: without it the peak is 8 MiB lower and nothing is slower, but for
      // files of thousands of statements.
      "--compile-jit-policy=1000",
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
      // Of libpg-query, which is given its WebAssembly (parser/load.ts); the folder of the build would get into the
      // executable otherwise, and the same sources give the same bytes in every folder, under one --outfile name.
      '--define=__dirname="/"',
      '--define=__filename="/sluice"',
      ...foreign,
      "--outfile",
      path,
      join(root, "src", "main.ts"),
    ],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
  );
  if (status !== 0) throw new Error(`bun build: ${error?.message ?? `exit status ${status}`}`);
  return path;
}

const usage = `Usage: npm run build [-- --target TARGET] [--outfile PATH]
  --target    ${targets.join(", ")}; this machine's unless told
  --outfile   dist/sluice, or dist/sluice-TARGET with --target`;

if (import.meta.main) {
  const values = scriptOptions({ target: { type: "string" }, outfile: { type: "string" } }, usage);
  const target = targets.find((one) => one === values.target);
  if (values.target !== undefined && target === undefined)
    wrongUsage(`there is no target ${JSON.stringify(values.target)}`, usage);
  build(target, values.outfile);
}
