import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BunPlugin } from "bun";
import manifest from "../package.json" with { type: "json" };

/**
 * Makes what the npm package holds, in dist/npm: the library (index.js), the command for Node.js (cli.js),
 * what both share (chunks/), and the library's types. The packages of `dependencies` stay outside, as users
 * expect of a library.
 */
const root = join(import.meta.dirname, "..");
const target = join(root, "dist", "npm");
const wasm = "libpg-query/wasm/libpg-query.wasm";

/** Of package.json only the version belongs into the code. */
const versionOnly: BunPlugin = {
  name: "version only",
  setup(build) {
    build.onLoad({ filter: /[/\\]package\.json$/ }, () => ({
      loader: "json",
      contents: JSON.stringify({ version: manifest.version }),
    }));
  },
};

/**
 * Node.js knows no `with { type: "file" }`, which the executable has the parser by: the installed file stands
 * for it.
 */
const installedWasm: BunPlugin = {
  name: "installed wasm",
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${wasm.replaceAll(".", "\\.")}$`) }, () => ({
      path: wasm,
      namespace: "installed",
    }));
    build.onLoad({ filter: /./, namespace: "installed" }, () => ({
      loader: "js",
      contents: `import { createRequire } from "node:module";
export default createRequire(import.meta.url).resolve(${JSON.stringify(wasm)});`,
    }));
  },
};

async function bundle(): Promise<void> {
  const { outputs } = await Bun.build({
    entrypoints: [join(root, "src", "library", "index.ts"), join(root, "src", "main.ts")],
    root: join(root, "src"),
    target: "node",
    format: "esm",
    splitting: true,
    external: Object.keys(manifest.dependencies).flatMap((name) => [name, `${name}/*.js`]),
    naming: { entry: "[name].js", chunk: "chunks/[name]-[hash].js" },
    plugins: [installedWasm, versionOnly],
  });
  for (const output of outputs) {
    const path = output.path.replace(/^\.\//, "");
    const text = await output.text();
    if (path === "main.js") write("cli.js", `#!/usr/bin/env node\n${text.replace(/^#!.*\n/, "")}`);
    else write(path, text);
  }
  chmodSync(join(target, "cli.js"), 0o755);
}

/**
 * Only the library's own types: an import of anything else would be a leak. `npm run check` looks for errors.
 */
function declarations(): void {
  const folder = mkdtempSync(join(tmpdir(), "sluice-types-"));
  try {
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const args = [compiler, "-p", join(root, "tsconfig.library.json"), "--outDir", folder];
    const { status } = spawnSync("node", args, { cwd: root, stdio: "inherit" });
    if (status !== 0) throw new Error(`tsc ended with ${status}`);
    const library = join(folder, "library");
    const needed = new Set(["index.d.ts"]);
    for (const name of needed) {
      const text = readFileSync(join(library, name), "utf8").replace(/(from "\.[^"]*)\.ts"/g, '$1.js"');
      for (const [, specifier = ""] of text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
        if (!/^\.\/[\w-]+\.js$/.test(specifier))
          throw new Error(`the types of ${name} lead out of the library: ${specifier}`);
        needed.add(specifier.slice(2).replace(/\.js$/, ".d.ts"));
      }
      write(name, text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), text);
}

rmSync(target, { recursive: true, force: true });
await bundle();
declarations();
process.stdout.write(`dist/npm: ${readdirSync(target, { recursive: true }).length} entries\n`);
