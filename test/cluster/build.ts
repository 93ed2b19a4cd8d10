import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { withLock } from "./lock.ts";
import { type Module, modules } from "./modules.ts";
import { buildFolder, cacheFolder } from "./paths.ts";

/**
 * Builds the named modules where the cache has not got them, and returns a function from an executable's name to its
 * path. Two at once are safe: the second waits for the first and then finds what it built.
 */
export async function ensureBuilt(
  names: readonly Module["name"][],
  log: (line: string) => void = (line) => console.error(line),
): Promise<(executable: string) => string> {
  const wanted = modules.filter(({ name }) => names.includes(name));
  for (const module of wanted) {
    const folder = folderOf(module);
    if (existsSync(folder)) continue;
    await withLock(`${folder}.lock`, async () => {
      removeUnfinished(folder);
      if (!existsSync(folder)) await build(module, folder, log);
    });
  }
  return (executable) => {
    const module = wanted.find(
      ({ packages, aliases = [] }) => executable in packages || aliases.includes(executable),
    );
    if (module === undefined) throw new Error(`${executable} is in none of the modules ${names.join(", ")}`);
    return join(folderOf(module), executable);
  };
}

/** Builds all of them, so that nothing later waits minutes for a compiler. */
export async function buildAll(log: (line: string) => void): Promise<void> {
  await ensureBuilt(
    modules.map(({ name }) => name),
    log,
  );
}

/** Named by a hash of everything that decides what comes out: module files, flags and platform. */
function folderOf(module: Module): string {
  const hash = createHash("sha256").update(JSON.stringify([module, process.platform, process.arch, goFlags]));
  const source = sourceOf(module);
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" }).sort()) {
    if (/\.go$|^go\.(mod|sum)$/.test(file))
      hash.update(`\0${file}\0`).update(readFileSync(join(source, file)));
  }
  return join(cacheFolder(), `${module.name}-${hash.digest("hex").slice(0, 16)}`);
}

const sourceOf = ({ name, source = name }: Module): string => join(buildFolder, source);

const goFlags = ["-trimpath", "-buildvcs=false"];

async function build(module: Module, folder: string, log: (line: string) => void): Promise<void> {
  // Under another name until it is whole. A name of its own, in case a lock was broken by hand.
  const unfinished = `${folder}.${process.pid}.unfinished`;
  mkdirSync(unfinished, { recursive: true });
  try {
    for (const [executable, path] of Object.entries(module.packages)) {
      const begin = performance.now();
      log(`building ${executable}`);
      const ldflags = ["-s", "-w", ...(module.linkerFlags ?? [])].join(" ");
      const tags = (module.tags ?? []).join(",");
      const target = join(unfinished, executable);
      await go(
        ["build", ...goFlags, "-tags", tags, "-ldflags", ldflags, "-o", target, path],
        sourceOf(module),
      );
      sync(target);
      log(`built ${executable} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    }
    for (const alias of module.aliases ?? []) symlinkSync("components", join(unfinished, alias));
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** What a build that was killed left; called with the lock held, so nobody else builds there. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    const left = name.startsWith(`${basename(folder)}.`) && name.endsWith(".unfinished");
    if (left) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** Before the rename, or a machine that fails just then keeps a name without content. */
function sync(file: string): void {
  const descriptor = openSync(file, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

async function go(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn("go", args, {
    cwd,
    // Without C, so that neither a compiler nor the machine's libc matters.
    env: { ...process.env, CGO_ENABLED: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const stop = () => void child.kill();
  process.once("exit", stop);
  const status = await new Promise<number | string | null>((resolve) => {
    child.once("error", ({ message }) => resolve(`${message} (Go 1.26 or later must be in the PATH)`));
    child.once("close", (code) => resolve(code));
  });
  process.off("exit", stop);
  if (status !== 0)
    throw new Error(`go ${args[0]} ${args.at(-1)} in ${cwd}: ${status}\n${output.slice(-4000)}`);
}
